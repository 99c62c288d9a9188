# Looking at a script: classes and shares, in Locust's layout; nothing is sent.

$ served >/dev/null

$ katydid mixed.lua --list
Available Users:
    WebUser
    ApiUser
    FixedUser

$ katydid two.lua Writer -l
Available Users:
    Writer

# As Locust printed them for the same classes and weights, byte by byte.
$ katydid mixed.lua --show-task-ratio | cmp - recorded/task_ratio.out

$ katydid mixed.lua --show-task-ratio -u 10 | cmp - recorded/task_ratio_u10.out

$ katydid mixed.lua --show-task-ratio ApiUser | cmp - recorded/task_ratio_one_class.out

$ katydid mixed.lua --show-task-ratio-json | cmp - recorded/task_ratio_json.out

# Shares are written to the last digit, which depends on the order of the products; so these are compared as numbers.
$ katydid mixed.lua --show-task-ratio-json -u 10 >ours.json && python3 -c 'import json, math
> def same(a, b): return a.keys() == b.keys() and all(
>     same(a[k], b[k]) if isinstance(a[k], dict) else math.isclose(a[k], b[k], rel_tol=1e-12) for k in a)
> print(same(json.load(open("ours.json")), json.load(open("recorded/task_ratio_json_u10.out"))))'
True

$ katydid two.lua --show-task-ratio --tags money

 Task ratio per User class
--------------------------------------------------------------------------------
 75.0       Reader
   100.0      buy
 25.0       Writer
   100.0      write

 Total task ratio
--------------------------------------------------------------------------------
 75.0       Reader
   75.0       buy
 25.0       Writer
   25.0       write

$ katydid two.lua Reader --show-task-ratio --exclude-tags money | sed -n 4,5p
 100.0      Reader
   100.0      browse

# Task sets in their places: of a chain the shares of the long run; under --tags what is left in each.
$ katydid chain.lua --show-task-ratio --tags busy | sed -n 4,12p
 100.0      Visitor
   25.0       Browsing
     36.4       home
     54.5       list
     9.1        leave
   50.0       Forum
     75.0       read
     25.0       write
   25.0       Forum

$ katydid chain.lua --show-task-ratio --tags busy | sed -n 13,14p
     100.0      write

$ TYPO=hmoe katydid chain.lua --list
2> katydid: error: chain.lua:8: Browsing.list: it leads to the unknown state 'hmoe' (did you mean 'home'?)
[2]

$ LATE=1 katydid chain.lua --headless -t 1 2>&1 | grep error
katydid: error: chain.lua:16: Browsing.list: it leads to the unknown state 'hmoe' (did you mean 'home'?)

# Classes and tasks that the command line changes.
$ katydid mixed.lua --list --config-users '{"user_class_name": "ApiUser", "weight": 0}'
Available Users:
    WebUser
    FixedUser

$ KATYDID_CONFIG_USERS='[{"user_class_name": "Reader", "weight": 1, "tasks": ["buy"]}]' katydid two.lua --show-task-ratio | sed -n 3,6p
--------------------------------------------------------------------------------
 50.0       Reader
   100.0      buy
 50.0       Writer

$ echo '{"user_class_name": "Reader", "weight": 1}' >reader.json; printf 'config-users = ["reader.json"]\n' >katydid.conf; katydid two.lua --show-task-ratio | sed -n 4p; rm katydid.conf
 50.0       Reader

$ katydid two.lua --equal-weights --show-task-ratio | sed -n 4,7p
 50.0       Reader
   50.0       buy
   50.0       browse
 50.0       Writer

$ katydid two.lua --list --config-users reader.json '{"user_class_name": "Raeder"}'
2> katydid: error: --config-users: unknown user class 'Raeder' (did you mean 'Reader'?)
[2]

$ served
nothing
