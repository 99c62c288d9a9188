# Options that scripts add (init_command_line_parser): where they are seen, and where their values come from.

$ served >/dev/null

# Without any of them they have their defaults, each of the type that was said.
$ katydid custom.lua --headless 2>/dev/null | grep ' = '
items = 3 (number)
quick = false (boolean)
share = nil (nil)
size = small (string)
level = nil (nil)
token = swordfish (string)
also = a+b (string)
max_age = nil (nil)
users = 1

# On the command line they stand anywhere, as those of katydid itself do.
$ katydid custom.lua --items 5 --headless --quick --share=0.25 --size LARGE --level 5 --also x --also y,z -u 2 2>/dev/null | grep ' = ' | head -9
items = 5 (number)
quick = true (boolean)
share = 0.25 (number)
size = large (string)
level = 5 (number)
token = swordfish (string)
also = x+y,z (string)
max_age = nil (nil)
users = 2

$ katydid --quick custom.lua -i7 --items=-8 --headless 2>/dev/null | grep '^items\|^quick'
items = -8 (number)
quick = true (boolean)

# A word behind a flag is a user class, a word behind another option its value.
$ katydid custom.lua --headless --items 4 --quick Other 2>&1 | grep '^items\|^quick\|All users'
*All users spawned: {"Other": 1} (1 total users)
items = 4 (number)
quick = true (boolean)

$ katydid custom.lua --headless --quick Othe
2> katydid: error: unknown user class 'Othe' (did you mean 'Other'?)
[2]

# In the environment and in files, with the same precedence as all others.
$ KATYDID_ITEMS=6 KATYDID_QUICK=yes SHOP_SHARE=0.5 katydid custom.lua --headless 2>/dev/null | grep '^items\|^quick\|^share'
items = 6 (number)
quick = true (boolean)
share = 0.5 (number)

$ printf 'items = 9\nalso = ["p", "q"]\nmax-age: 10\nquick\n' >katydid.conf

$ katydid custom.lua --headless 2>/dev/null | grep '^items\|^quick\|^also\|^max'
items = 9 (number)
quick = true (boolean)
also = p+q (string)
max_age = 10 (number)

$ KATYDID_ITEMS=10 katydid custom.lua --headless --quick=false 2>/dev/null | grep '^items\|^quick'
items = 10 (number)
quick = false (boolean)

$ katydid custom.lua --headless --items 11 2>/dev/null | grep '^items'
items = 11 (number)

# A script without these options doesn't know them.
$ katydid hello.lua --headless
2> katydid: error: katydid.conf:1: unknown key 'items'
[2]

$ rm katydid.conf; katydid hello.lua --headless --items 3
2> katydid: error: unknown option --items
[2]

# They are in the help of their script, behind all others; a secret's default isn't.
$ katydid custom.lua --help | sed -n '/^Options of the script/,/^$/p'
Options of the script:
  -i, --items N               how many items to buy (default: 3)
      --quick                 do not wait
      --share NUMBER          (variable: SHOP_SHARE)
      --size small|large      (default: small)
      --level 1|2|5
      --token TEXT            (default: ***)
      --also TEXT             (default: a, b)
      --max-age N

$ katydid --help | grep -c 'Options of the script'
0
[1]

# Mistakes: what, where, and what was expected.
$ katydid custom.lua --headless --items many
2> katydid: error: --items: expected a whole number, got 'many'
[2]

$ KATYDID_ITEMS=1.5 katydid custom.lua --headless
2> katydid: error: KATYDID_ITEMS: expected a whole number, got '1.5'
[2]

$ SHOP_SHARE=half katydid custom.lua --headless
2> katydid: error: SHOP_SHARE: expected a number, got 'half'
[2]

$ katydid custom.lua --headless --size medium
2> katydid: error: --size: expected one of small or large, got 'medium'
[2]

$ echo 'level = 3' >katydid.conf; katydid custom.lua --headless
2> katydid: error: katydid.conf:1: level: expected one of 1, 2 or 5, got '3'
[2]

$ rm katydid.conf; katydid custom.lua --headless --item 3
2> katydid: error: unknown option --item (did you mean --items?)
[2]

$ katydid custom.lua --headless --itesm=3
2> katydid: error: unknown option --itesm (did you mean --items?)
[2]

$ echo 'itmes = 3' >katydid.conf; katydid custom.lua --headless
2> katydid: error: katydid.conf:1: unknown key 'itmes' (did you mean 'items'?)
[2]

$ rm katydid.conf; katydid custom.lua --headless --items
2> katydid: error: --items: its value is missing (expected a whole number)
[2]

$ katydid custom.lua --headless --quick=perhaps
2> katydid: error: --quick: expected true or false, got 'perhaps'
[2]

$ katydid custom.lua --headless -q
2> katydid: error: unknown option -q (did you mean --quick?)
[2]

# A secret isn't shown, whatever is wrong with it.
$ katydid custom.lua --headless --max-age hunter2
2> katydid: error: --max-age: expected a whole number, got '***'
[2]

$ echo 'max-age = [hunter2]' >katydid.conf; katydid custom.lua --headless
2> katydid: error: katydid.conf:1: max-age: takes one value, got the list ***
[2]

$ echo "token = 'hunter'2" >katydid.conf; katydid custom.lua --headless
2> katydid: error: katydid.conf:1: something stands behind the closing quote
[2]

$ printf '[tool.katydid]\ntoken = hunter2\n' >own.toml; rm katydid.conf; katydid custom.lua --headless --config own.toml
2> katydid: error: own.toml:2: expected a value: texts stand in quotes
[2]

$ printf '[tool.katydid]\nitems = 12\n' >own.toml; katydid custom.lua --headless --config own.toml 2>/dev/null | grep '^items'
items = 12 (number)

# What must be given.
$ katydid needs.lua --headless
2> katydid: error: --api-key is missing: the script needs it (or KATYDID_API_KEY, or a line 'api-key = ...' in katydid.conf)
[2]

$ KATYDID_API_KEY=hunter2 katydid needs.lua --headless 2>/dev/null | grep letters
7 letters

$ katydid needs.lua --list
Available Users:
    Printer

# Names that are taken, by katydid or by another script.
$ katydid bad/option.lua --headless
2> katydid: error: bad/option.lua:5: add_argument('--users'): there is an option --users already; it is katydid's own
[2]

$ cp needs.lua needs_too.lua; sed -i 's/"Printer"/"Another"/' needs_too.lua; katydid needs.lua needs_too.lua --headless
2> katydid: error: needs_too.lua:5: add_argument('--api-key'): there is an option --api-key already; it is a script's
[2]

# Which scripts there are must be known before their options are.
$ katydid custom.lua --quick hello.lua --headless
2> katydid: error: 'hello.lua' stands behind an option that a script adds: name the scripts first
[2]

# Without a script nobody knows more options.
$ katydid --headless --items 3
2> katydid: error: unknown option --items
[2]

$ served
nothing
