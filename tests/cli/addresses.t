# Where connections come from, and where they go to: --bind, --resolve.

$ served >/dev/null

# One user after the other from the next address, whatever carries its requests.
$ katydid origin.lua --headless -u 3 -r 1000 --bind 127.0.0.7,127.0.0.8 2>/dev/null | grep '^[1-9]: ' | sort
1: 127.0.0.7
2: 127.0.0.8
3: 127.0.0.7

$ CLASS=FastHttpUser katydid origin.lua --headless -u 3 -r 1000 --bind 127.0.0.7 --bind 127.0.0.8 2>/dev/null | grep '^[1-9]: ' | sort
1: 127.0.0.7
2: 127.0.0.8
3: 127.0.0.7

$ KATYDID_BIND='127.0.0.9' katydid origin.lua --headless 2>/dev/null | grep '^[1-9]: '
1: 127.0.0.9

$ echo 'bind = 127.0.0.6, 127.0.0.5' >katydid.conf && katydid origin.lua --headless -u 2 -r 1000 2>/dev/null | grep '^[1-9]: ' | sort
1: 127.0.0.6
2: 127.0.0.5

$ rm katydid.conf

# What is no address of this machine is said before anything is sent.
$ katydid origin.lua --headless --bind 192.0.2.1
2> katydid: error: --bind: '192.0.2.1' is no address of this machine
[2]

$ katydid origin.lua --headless --bind 127.0.0.7,eth0
2> katydid: error: --bind: expected an IPv4 or IPv6 address of this machine, got 'eth0'
[2]

$ katydid origin.lua --headless --bind 127.0.0.7,,127.0.0.8
2> katydid: error: --bind: expected ADDRESS[,ADDRESS...], got '127.0.0.7,,127.0.0.8'
[2]

$ katydid origin.lua --headless --bind
2> katydid: error: --bind: its value is missing (expected ADDRESS[,ADDRESS...])
[2]

$ katydid origin.lua --headless --bind 0.0.0.0
2> katydid: error: --bind: expected an IPv4 or IPv6 address of this machine, got '0.0.0.0'
[2]

# A server of the other kind can't be reached from there.
$ katydid origin.lua --headless --bind 127.0.0.7 -H http://[::1]:9 2>/dev/null | grep '^[1-9]: '
1: SourceAddressError('the server has IPv6 addresses alone, and --bind gives none')

$ CLASS=FastHttpUser katydid origin.lua --headless --bind 127.0.0.7 -H http://[::1]:9 2>/dev/null | grep '^[1-9]: '
1: SourceAddressError('the server has IPv6 addresses alone, and --bind gives none')

# A name is where it is said to be; the other rules are for other hosts and ports.
$ katydid origin.lua --headless -H http://shop.test:${TARGET##*:} --resolve shop.test:${TARGET##*:}:127.0.0.1 --resolve shop.test:1:192.0.2.1 2>/dev/null | grep '^[1-9]: '
1: 127.0.0.1

$ CLASS=FastHttpUser katydid origin.lua --headless -H http://shop.test:${TARGET##*:} --resolve "*:${TARGET##*:}:127.0.0.2,127.0.0.1" --bind 127.0.0.7 2>/dev/null | grep '^[1-9]: '
1: 127.0.0.7

$ KATYDID_RESOLVE="[\"a.test:1:127.0.0.1\", \"shop.test:${TARGET##*:}:127.0.0.1\"]" katydid origin.lua --headless -H http://shop.test:${TARGET##*:} 2>/dev/null | grep '^[1-9]: '
1: 127.0.0.1

$ katydid origin.lua --headless --resolve shop.test:127.0.0.1
2> katydid: error: --resolve: expected HOST:PORT:ADDRESS[,ADDRESS...], got 'shop.test:127.0.0.1'
[2]

$ katydid origin.lua --headless --resolve shop.test:80:example.org
2> katydid: error: --resolve: expected IPv4 or IPv6 addresses behind HOST:PORT:, got 'shop.test:80:example.org'
[2]

$ katydid origin.lua --headless --resolve shop.test:http:127.0.0.1
2> katydid: error: --resolve: expected a port from 1 to 65535 behind HOST:, got 'shop.test:http:127.0.0.1'
[2]

$ katydid origin.lua --headless --resolve +shop.test:80:127.0.0.1
2> katydid: error: --resolve: expected no + or - before HOST: an address holds for the whole run, got '+shop.test:80:127.0.0.1'
[2]

$ served
GET /ip 200 12
