#!/bin/sh
# CloudStack's NetworkOrchestrator extension: hands a command and its payload to the OpenContrail plugin.
#
#   opencontrail.sh <command> <payload file> [<seconds>]
#
# CloudStack reads stdout and stderr as one JSON value, and ends nothing that hangs. So this prints exactly one JSON object
# and nothing else, and ends by itself within 55 s. Exit 0: the command had its effect; 1: it had not. It writes no file
# and no log: payloads hold passwords. Needs curl 7.40 or later, head and grep.
#
# The plugin is found by the registration's detail plugin-socket (a unix socket) or plugin-url (https://…, mutual TLS by
# client.pem, client.key and ca.pem beside this file), else by $OPENCONTRAIL_PLUGIN, else at its usual socket.
exec 2>/dev/null
trap '' PIPE
umask 077

LIMIT_SECONDS=50
LIMIT_BYTES=65536

fail() {
  printf '{"status":"error","code":"%s","message":"%s"}\n' "$1" "$2"
  exit 1
}

unreadable() {
  fail cloudstack.bad_request "$1 of the registration with the physical network cannot be read; see: contrail cloudstack install"
}

# Takes the JSON string that $rest begins with; its text, as it is written, becomes $value. A quote behind an odd number of
# backslashes does not end it.
take_string() {
  case $rest in
    \"*\"*) ;;
    *) return 1 ;;
  esac
  rest=${rest#?}
  value=
  while :; do
    part=${rest%%\"*}
    rest=${rest#*\"}
    value=$value$part
    backslashes=${part##*[!\\]}
    [ $((${#backslashes} % 2)) = 0 ] && return 0
    value=$value\"
    case $rest in
      *\"*) ;;
      *) return 1 ;;
    esac
  done
}

# The value of a detail of the registration; CloudStack writes the file as one line, details first. Read string by string:
# another detail may be a password with any character, and a payload must not go anywhere but where the registration says.
# Only values of plain characters: nothing in the payload can become anything but a path or a URL.
# The shell takes the square of what stands before a match, and of all where there is none: so it is looked for first.
detail() {
  case $head in
    *\"physical-network-extension-details\":*) ;;
    *) return 1 ;;
  esac
  rest=${head#*\"physical-network-extension-details\":}
  rest=${rest# }
  case $rest in
    \{*) rest=${rest#?} ;;
    *) return 1 ;;
  esac
  while :; do
    rest=${rest# }
    case $rest in
      \}*) return 1 ;;
    esac
    take_string || unreadable "a detail"
    name=$value
    rest=${rest# }
    case $rest in
      :*) rest=${rest#?} ;;
      *) unreadable "a detail" ;;
    esac
    rest=${rest# }
    take_string || unreadable "a detail"
    [ "$name" = "$1" ] && break
    rest=${rest# }
    rest=${rest#,}
  done
  case $value in
    '') return 1 ;;
    *[!][A-Za-z0-9._:/-]*) unreadable "the detail $1" ;;
  esac
  return 0
}

[ $# -ge 2 ] || fail cloudstack.bad_request "usage: opencontrail.sh <command> <payload file> [<seconds>]"
command=$1
payload=$2
case $command in
  '' | *[!a-z-]*) fail cloudstack.bad_request "the command has characters that no command has" ;;
esac
case $payload in
  /*) ;;
  *) payload=./$payload ;;
esac
[ -f "$payload" ] && [ -r "$payload" ] || fail cloudstack.bad_request "the payload file is missing or cannot be read"

head=$(head -c 16384 "$payload")
[ -n "$head" ] || fail cloudstack.bad_request "the payload file is empty"
socket=${OPENCONTRAIL_PLUGIN:-/run/contrail/cloudstack-plugin.sock}
url=http://plugin
if detail plugin-url; then
  case $value in
    https://*) url=${value%/} socket= ;;
    *) fail cloudstack.bad_request "plugin-url is no https:// URL" ;;
  esac
elif detail plugin-socket; then
  socket=$value
fi

if [ -n "$socket" ]; then
  set -- --unix-socket "$socket"
else
  here=${0%/*}
  [ "$here" = "$0" ] && here=.
  set -- --proto '=https' --tlsv1.2 --cert "$here/client.pem" --key "$here/client.key" --cacert "$here/ca.pem"
fi
# -q first: no ~/.curlrc. -T: the file is sent as it is read. Behind the answer stand two lines: HTTP's status and curl's own.
answer=$(
  {
    curl -q -sS -g --noproxy '*' --connect-timeout 5 --max-time "$LIMIT_SECONDS" \
      -X POST -H 'Content-Type: application/json' -H 'Expect:' -T "$payload" -w '\n%{http_code}' \
      "$@" "$url/extension/$command"
    printf '\n%s' "$?"
  } | head -c "$LIMIT_BYTES"
)
code=${answer##*
}
answer=${answer%
*}
status=${answer##*
}
body=${answer%
*}
# Of a TLS handshake that the plugin refuses curl tells only that the connection ended (35, 52, 55, 56).
case $code/$socket in
  0/*) ;;
  6/*) fail cloudstack.unavailable "the host of plugin-url is not known" ;;
  7/?*)
    if [ -S "$socket" ] && [ ! -w "$socket" ]; then
      fail cloudstack.unavailable "this user may not use the socket of the OpenContrail plugin; start the plugin with --socket-group"
    fi
    fail cloudstack.unavailable "nobody listens where the OpenContrail plugin should; see: contrail cloudstack status"
    ;;
  7/*) fail cloudstack.unavailable "nobody listens where the OpenContrail plugin should; see: contrail cloudstack status" ;;
  28/*) fail cloudstack.unavailable "the OpenContrail plugin did not answer in time" ;;
  35/ | 52/ | 55/ | 56/) fail cloudstack.unavailable "the OpenContrail plugin refuses client.pem, or does not speak TLS there (curl $code)" ;;
  58/*) fail cloudstack.unavailable "client.pem or client.key beside opencontrail.sh is missing or no certificate (curl 58)" ;;
  60/*) fail cloudstack.unavailable "the plugin's certificate is not of ca.pem, has expired, or has another name than plugin-url" ;;
  77/*) fail cloudstack.unavailable "ca.pem beside opencontrail.sh is missing or cannot be read (curl 77)" ;;
  127/*) fail cloudstack.unavailable "curl is not installed" ;;
esac
case $code in
  0) ;;
  [1-9] | [1-9][0-9] | [1-9][0-9][0-9])
    fail cloudstack.unavailable "the OpenContrail plugin cannot be reached (curl $code); see: contrail cloudstack status"
    ;;
  *) fail cloudstack.unavailable "what answered is not the OpenContrail plugin" ;;
esac
# Nearly all answers are one of two: no other process need look at them.
case $status/$body in
  '200/{"status":"success"}' | '200/{"status":"success","device":"opencontrail"}')
    printf '%s\n' "$body" || exit 1
    exit 0
    ;;
esac
# The plugin answers with one flat JSON object of strings on one line; anything else came from somewhere else.
case $body in
  *'
'*) fail cloudstack.unavailable "what answered is not the OpenContrail plugin" ;;
esac
string='"([^"\\[:cntrl:]]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
printf '%s' "$body" | LC_ALL=C grep -Eqx "\\{\"status\":$string(,$string:$string)*\\}" ||
  fail cloudstack.unavailable "what answered is not the OpenContrail plugin"
printf '%s\n' "$body" || exit 1
[ "$status" = 200 ]
