-- For wrk: the POST of json.lua, its body made once.
-- luacheck: globals wrk
wrk.method = "POST"
wrk.body = '{"count": 2, "gift": false, "item": 4711, "note": "to the door", "tags": ["light", "desk"]}'
wrk.headers["Content-Type"] = "application/json"
