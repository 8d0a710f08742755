/**
 * The CQL of the store. Rows of referrer, intent and owned are written once and deleted once, under a nonce that is not
 * used again: their writes carry time 1 and their deletes time 2, so that no clock decides which of them counts. The log's
 * mark carries itself as its time, so that the furthest one counts.
 */
export const CQL = {
  readObject: "SELECT * FROM object WHERE part = ? AND uuid = ?",
  readStates: `SELECT uuid, guard, earlier, state, revision, links, name_claim FROM object
    WHERE part = ? AND uuid IN ?`,
  allObjects: "SELECT * FROM object",
  insertObject: `INSERT INTO object (guard, earlier, state, revision, links, name_claim, body, part, uuid)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS`,
  updateObject: `UPDATE object SET guard = ?, earlier = ?, state = ?, revision = ?, links = ?, name_claim = ?, body = ?
    WHERE part = ? AND uuid = ? IF guard = ?`,
  insertFence: `INSERT INTO object (part, uuid, guard, earlier, state, revision) VALUES (?, ?, ?, '', 'gone', 0)
    IF NOT EXISTS`,
  markObject: "UPDATE object SET guard = ?, earlier = ?, state = ? WHERE part = ? AND uuid = ? IF guard = ?",

  readNames: "SELECT name, uuid, claim, basis FROM name WHERE type = ? AND above = ? AND name IN ?",
  claimName: "INSERT INTO name (type, above, name, uuid, claim, basis) VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS",
  takeName: `UPDATE name SET uuid = ?, claim = ?, basis = ? WHERE type = ? AND above = ? AND name = ? IF claim = ?`,
  releaseName: "DELETE FROM name WHERE type = ? AND above = ? AND name = ? IF claim = ?",

  readReferrers: "SELECT source, nonce FROM referrer WHERE target = ?",
  putReferrer: "INSERT INTO referrer (target, source, nonce) VALUES (?, ?, ?) USING TIMESTAMP 1",
  dropReferrer: "DELETE FROM referrer USING TIMESTAMP 2 WHERE target = ? AND source = ? AND nonce = ?",

  readInstances: "SELECT id, oldest, newest, beat FROM instance WHERE part = 'all'",
  readInstance: "SELECT beat FROM instance WHERE part = 'all' AND id = ?",
  putInstance: "INSERT INTO instance (part, id, oldest, newest, beat) VALUES ('all', ?, ?, ?, ?) IF NOT EXISTS",
  moveInstance: "UPDATE instance SET oldest = ?, newest = ?, beat = ? WHERE part = 'all' AND id = ? IF beat = ?",
  dropInstance: "DELETE FROM instance WHERE part = 'all' AND id = ? IF beat = ?",
  readIntents: "SELECT nonce, uuid, revision, detail FROM intent WHERE instance = ? AND generation = ?",
  putIntent: `INSERT INTO intent (instance, generation, nonce, uuid, revision, detail) VALUES (?, ?, ?, ?, ?, ?)
    USING TIMESTAMP 1`,
  dropIntent: "DELETE FROM intent USING TIMESTAMP 2 WHERE instance = ? AND generation = ? AND nonce = ?",

  readLogMark: "SELECT position FROM log_mark WHERE name = 'config'",
  moveLogMark: "UPDATE log_mark USING TIMESTAMP ? SET position = ? WHERE name = 'config'",

  readPool: "SELECT value, owner, nonce FROM allocation WHERE pool = ?",
  readAllocation: "SELECT owner, nonce FROM allocation WHERE pool = ? AND value = ?",
  allPools: "SELECT DISTINCT pool FROM allocation",
  allAllocations: "SELECT pool, value, owner, nonce FROM allocation",
  claimNumber: "INSERT INTO allocation (pool, value, owner, nonce) VALUES (?, ?, ?, ?) IF NOT EXISTS",
  freeNumber: "DELETE FROM allocation WHERE pool = ? AND value = ? IF nonce = ?",
  readOwned: "SELECT pool, value, nonce FROM owned WHERE owner = ?",
  putOwned: "INSERT INTO owned (owner, pool, value, nonce) VALUES (?, ?, ?, ?) USING TIMESTAMP 1",
  dropOwned: "DELETE FROM owned USING TIMESTAMP 2 WHERE owner = ? AND pool = ? AND value = ? AND nonce = ?",

  readLease: "SELECT holder, epoch, nonce, ttl_ms FROM lease WHERE name = ?",
  putLease: "INSERT INTO lease (holder, epoch, nonce, ttl_ms, name) VALUES (?, ?, ?, ?, ?) IF NOT EXISTS",
  moveLease: "UPDATE lease SET holder = ?, epoch = ?, nonce = ?, ttl_ms = ? WHERE name = ? IF nonce = ?",

  allKeys: "SELECT key, value FROM key_value",
  readKey: "SELECT value FROM key_value WHERE key = ?",
  putKey: "INSERT INTO key_value (key, value) VALUES (?, ?) IF NOT EXISTS",
  setKey: "UPDATE key_value SET value = ? WHERE key = ? IF EXISTS",
  dropKey: "DELETE FROM key_value WHERE key = ? IF EXISTS",

  readRecords: "SELECT id, body FROM record WHERE kind = ?",
  readRecord: "SELECT body FROM record WHERE kind = ? AND id = ?",
  putRecord: "INSERT INTO record (body, kind, id) VALUES (?, ?, ?) IF NOT EXISTS",
  setRecord: "UPDATE record SET body = ? WHERE kind = ? AND id = ? IF body = ?",
  dropRecord: "DELETE FROM record WHERE kind = ? AND id = ? IF body = ?",
} as const;
