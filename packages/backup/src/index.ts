export { type BackupCounts, type BackupRecord, encodeBackup } from "./backup-file.ts";
export { type CheckedBackup, readBackup } from "./read-backup.ts";
export { isRestoring, restoreBackup } from "./restore.ts";
export { type Progress, takeSnapshot } from "./snapshot.ts";
