# The exit codes, in the order in which they count.

$ katydid hello.lua --headless --iterations 2 >/dev/null 2>&1

# 1: failures, exceptions; --exit-code-on-error changes it.
$ katydid failing.lua Failing --headless --iterations 2 >/dev/null 2>&1
[1]

$ katydid failing.lua Throwing --headless --iterations 2 >/dev/null 2>&1
[1]

$ katydid failing.lua Failing --headless --iterations 2 --exit-code-on-error 7 >/dev/null 2>&1
[7]

$ katydid failing.lua Throwing --headless --iterations 2 --exit-code-on-error 0 >/dev/null 2>&1

# Both kinds stand in the summary.
$ katydid failing.lua Failing --headless --iterations 2 2>/dev/null | grep '404 Client'
...
*2*GET /status/404: HTTPError('404 Client Error: Not Found for url: /status/404')

$ katydid failing.lua Throwing --headless --iterations 2 2>/dev/null | grep -c 'out of paper'
1

# Nothing was requested at all, whatever is said of errors.
$ katydid quiet.lua --headless --iterations 3 --exit-code-on-error 0 2>&1 >/dev/null | grep ERROR
[*] */ERROR/katydid.main: Nothing was requested or measured

$ katydid quiet.lua --headless --iterations 3 --exit-code-on-error 0 >/dev/null 2>&1
[1]

# The script's own code comes first.
$ CODE=0 katydid exit_code.lua --headless >/dev/null 2>&1

$ CODE=42 katydid exit_code.lua --headless >/dev/null 2>&1
[42]

$ WAY=exit CODE=43 katydid exit_code.lua --headless >/dev/null 2>&1
[43]

# A run that was ended by the script has its reports.
$ CODE=0 katydid exit_code.lua --headless 2>/dev/null | grep -c '^GET      /status/500 .*1(100.00%)'
1

# Wherever the script ends the run: at its top, in a listener of init or of test_start.
$ WHERE=top CODE=44 katydid early.lua --headless
[44]

$ served >/dev/null; WHERE=init CODE=45 katydid early.lua --headless >/dev/null 2>&1
[45]

$ WHERE=test_start CODE=46 katydid early.lua --headless >/dev/null 2>&1
[46]

$ served
nothing

$ WHERE=quitting WAY=field CODE=47 katydid early.lua --headless --iterations 1 >/dev/null 2>&1
[47]

$ WHERE=quit WAY=field CODE=48 katydid early.lua --headless --iterations 1 >/dev/null 2>&1

# 2: a user could not be made.
$ katydid init_throws.lua --headless >/dev/null 2>&1
[2]

# A shape that ends, one that throws: that is an exception of the script.
$ katydid shape.lua --headless 2>/dev/null | grep '^GET *(0.00%)' | cut -c1-100

$ katydid shape.lua --headless >/dev/null 2>&1

$ BROKEN=1 katydid shape.lua --headless >/dev/null 2>&1
[1]

# What there was is reported, and what went wrong is said.
$ BROKEN=1 katydid shape.lua --headless 2>log | grep -c '^GET      /json .*2     0'; grep -o 'Shape test failed: .*' log
1
Shape test failed: shape.lua:13: the shape is broken

# A listener of an event that throws disturbs nobody, but isn't forgotten.
$ WHERE=test_start katydid deaf.lua --headless --iterations 1 2>log | grep -c '^GET      /json '; grep -o 'ERROR.*' log | grep -v '^ERROR/katydid.main: Nothing'
2
ERROR/katydid.event: a listener of test_start: deaf.lua:4: no ears
ERROR/katydid.main: A listener of an event failed

$ WHERE=quitting katydid deaf.lua --headless --iterations 1 >/dev/null 2>&1
[1]

$ WHERE=quitting katydid deaf.lua --headless --iterations 1 --exit-code-on-error 0 >/dev/null 2>&1

# One of init: the run doesn't begin.
$ served >/dev/null; WHERE=init katydid deaf.lua --headless --iterations 1 2>&1 | grep -o 'ERROR.*\|katydid: .*'
ERROR/katydid.event: a listener of init: deaf.lua:4: no ears
katydid: error: a listener of init failed: the log says how

$ WHERE=init katydid deaf.lua --headless --iterations 1 >/dev/null 2>&1
[2]

$ served
nothing
