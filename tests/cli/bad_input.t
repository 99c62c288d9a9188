# Scripts that can't be run: one clear line each, exit 2, and nothing is sent.

$ served >/dev/null

$ katydid nowhere.lua --headless
2> katydid: error: nowhere.lua: no such file
[2]

$ katydid helo.lua --headless
2> katydid: error: helo.lua: no such file (did you mean 'hello.lua'?)
[2]

$ katydid bad/syntax.lua --headless
2> katydid: error: bad/syntax.lua:3: *
[2]

$ katydid bad/throws.lua --headless
2> katydid: error: bad/throws.lua:2: the weather is bad
[2]

$ katydid bad/no_users.lua --headless
2> katydid: error: bad/no_users.lua: no user class found; return one at the end of the script, as in `return Shopper`
[2]

$ katydid bad/twice.lua --headless
2> katydid: error: bad/twice.lua:3: there are two user classes of the name Same; the other one is at bad/twice.lua:2
[2]

$ katydid bad/attribute.lua --headless
2> katydid: error: bad/attribute.lua:2: unknown attribute 'wait_tim' of the user class Slip (did you mean 'wait_time'?)
[2]

$ katydid bad/name.lua --headless
2> katydid: error: bad/name.lua:2: *betwen*between*
[2]

$ katydid bad/no_host.lua --headless
2> katydid: error: bad/no_host.lua:2: Homeless has no host: set `host` in the class, or give --host
[2]

$ katydid bad/no_scheme.lua --headless
2> katydid: error: bad/no_scheme.lua:2: the host of Bare is '127.0.0.1:8080', without a scheme (did you mean 'http://127.0.0.1:8080'?)
[2]

$ katydid hello.lua --headless --host example.org
2> katydid: error: hello.lua:4: the host of Hello is 'example.org', without a scheme (did you mean 'http://example.org'?)
[2]

$ katydid hello.lua --headless --host ftp://example.org
2> katydid: error: hello.lua:4: the host of Hello is 'ftp://example.org': expected http://, https:// or http+unix://
[2]

# A place to listen at.
$ katydid hello.lua --headless --prometheus 9464/metrics
2> katydid: error: --prometheus: '9464/metrics' is no place to listen: expected PORT or ADDRESS:PORT, such as 9464, 0.0.0.0:9464 or \[::1\]:9464
[2]

$ katydid hello.lua --headless --prometheus example.org:9464
2> katydid: error: --prometheus: cannot listen on 'example.org': expected an address such as 127.0.0.1 or ::1
[2]

$ katydid debug hello.lua --prometheus 9464
2> katydid: error: katydid debug takes no --prometheus: it runs one user
[2]

# Where figures are sent to.
$ katydid hello.lua --headless --otlp localhost:4318
2> katydid: error: --otlp: expected http://, https:// or http+unix:// at the beginning in 'localhost:4318'
[2]

$ katydid hello.lua --headless --otlp http://u:s3cret@h:99999/
2> katydid: error: --otlp: expected a port from 1 to 65535 in 'http://u:\*\*\*@h:99999/'
[2]

$ katydid hello.lua --headless --otlp http://h --otlp-interval 0
2> katydid: error: --otlp-interval: expected at least 1s
[2]

$ OTEL_EXPORTER_OTLP_HEADERS=api-key:s3cret katydid hello.lua --headless --otlp http://h
2> katydid: error: --otlp: OTEL_EXPORTER_OTLP_HEADERS: expected KEY=VALUE, further ones behind commas
[2]

# A module that isn't there says where it was looked for.
$ katydid bad/requires.lua --headless 2>&1 | head -3
katydid: error: bad/requires.lua:2: module 'flows.nowhere' not found:
...

$ katydid bad/returns.lua --headless
2> katydid: error: bad/returns.lua: returned 42; expected a user class, or a table of classes
[2]

$ katydid hello.lua Helo --headless
2> katydid: error: unknown user class 'Helo' (did you mean 'Hello'?)
[2]

$ katydid two.lua Bicycle --headless
2> katydid: error: unknown user class 'Bicycle' (there are: Reader, Writer)
[2]

$ katydid hello.lua many/one.lua --headless
2> katydid: error: many/one.lua:4: there are two user classes of the name Hello; the other one is at hello.lua:4
[2]

$ mkdir empty && katydid empty --headless
2> katydid: error: empty: no scripts (\*.lua) in this folder
[2]

$ served
nothing
