# katydid check: mistakes in scripts; nothing is sent.

$ served >/dev/null

$ katydid check hello.lua
no mistakes in hello.lua (1 user class)

$ katydid check hello.lua many two.lua
no mistakes in hello.lua, many, two.lua (5 user classes)

$ cp hello.lua locustfile.lua; katydid check; rm locustfile.lua
no mistakes in locustfile.lua (1 user class)

$ katydid check bad/mistakes.lua
bad/mistakes.lua:7: 'seen' would become a global inside a function: write `local seen`, or set it once at the top of the file
bad/mistakes.lua:7: client:get: expected a path that begins with '/', or an http:// or https:// URL, got 'items/' .. …
bad/mistakes.lua:7: unknown option 'nmae' of client:get (did you mean 'name'?)
bad/mistakes.lua:8: unknown name 'slep' of katydid (did you mean 'sleep'?)
4 mistakes
[2]

# What a run would refuse, it refuses in the same words.
$ printf 'local k = require "katydid"\nlocal A = k.User:extend("A", { wait_time = 5 })\nreturn A\n' >number.lua; katydid check number.lua
number.lua:2: A.wait_time: expected a function that gives seconds, as k.constant(1) does, got 5
1 mistake
[2]

$ katydid check helo.lua
helo.lua: no such file (did you mean 'hello.lua'?)
1 mistake
[2]

$ printf 'error "\033[31mred"' >red.lua; katydid check red.lua | cat -v
red.lua:1: \\x1b[31mred
1 mistake

# Wrong uses.
$ katydid check
2> katydid: error: no script was named, and there is no locustfile.lua here (katydid check SCRIPT.lua)
[2]

$ katydid check hello.lua --users 5
2> katydid: error: unknown option --users
[2]

$ katydid check --hlep
2> katydid: error: unknown option --hlep (did you mean --help?)
[2]

$ katydid chekc
2> katydid: error: unknown command 'chekc' (did you mean 'check'?)
[2]

$ katydid chekc hello.lua --headless
2> katydid: error: unknown user class 'chekc' (there are: Hello); or was the command 'check' meant?
[2]

$ katydid check --help | head -1; katydid check -h | tail -2
Usage: katydid check SCRIPT...
Options:
  -h, --help                  show this help

$ served
nothing
