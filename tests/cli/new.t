# katydid new: a starter scenario.

$ served >/dev/null

$ katydid new my-shop
my-shop.lua is written. Next:
  katydid target &            a server to practise with
  katydid debug my-shop.lua
  katydid my-shop.lua --headless -u 10 -r 2 -t 30s

# It has no mistakes, and runs against the practice server.
$ katydid check my-shop.lua; katydid my-shop.lua --list; luajit -bl my-shop.lua >/dev/null
no mistakes in my-shop.lua (1 user class)
Available Users:
    MyShop

$ sed -i 's/k.between(1, 3)/k.constant(0)/' my-shop.lua; katydid my-shop.lua --headless --iterations 20 --seed 3 -H "$TARGET" 2>/dev/null | grep -c '^GET .* 0(0.00%)'
3

# Another host, another folder.
$ mkdir -p deep; katydid new deep/buy.lua --host https://staging.example.org | head -1; grep -n 'host =\|extend' deep/buy.lua
deep/buy.lua is written. Next:
11:local Buy = k.HttpUser:extend("Buy", {
12:  host = "https://staging.example.org", *

# Nothing is written over.
$ echo mine >hers.lua; katydid new hers; cat hers.lua
mine
2> katydid: error: hers.lua: it is there already, and is left as it is

$ katydid new deep/buy
2> katydid: error: deep/buy.lua: it is there already, and is left as it is
[2]

# Wrong uses.
$ katydid new
2> katydid: error: the name of the new scenario is missing (katydid new shop)
[2]

$ katydid new a b
2> katydid: error: expected one name, got another: 'b'
[2]

$ katydid new 7
2> katydid: error: '7': expected a name that begins with a letter, as in katydid new shop
[2]

$ katydid new nowhere/shop
2> katydid: error: nowhere/shop.lua: No such file or directory
[2]

$ katydid new shop --host shop.example
2> katydid: error: --host: *
[2]

$ katydid new shop --hots http://a
2> katydid: error: unknown option --hots (did you mean --host?)
[2]

$ katydid new --help | head -1
Usage: katydid new NAME [options]
