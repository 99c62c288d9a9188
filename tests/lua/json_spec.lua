-- JSON as scenarios see it.
-- SPDX-License-Identifier: MIT

local json = require "katydid.json"

describe("encode", function()
  it("tells arrays from objects", function()
    check.equal(json.encode { 1, 2 }, "[1, 2]")
    check.equal(json.encode {}, "{}")
    check.equal(json.encode(json.array()), "[]")
    check.equal(json.encode(json.array { 1 }), "[1]")
    check.equal(json.encode { list = {}, empty = json.array {} }, '{"empty": [], "list": {}}')
  end)

  it("writes keys in the order of their names, null, and indented", function()
    check.equal(json.encode { b = 1, a = json.null, c = "x" }, '{"a": null, "b": 1, "c": "x"}')
    check.match(json.encode({ a = 1 }, 2), '^{\n  "a": 1\n}$')
  end)

  it("says what it can't, with the script's line", function()
    check.error(function() json.encode { f = print } end, "^tests/lua/json_spec%.lua:%d+: json%.encode: ")
    local round = {}
    round.self = round
    check.error(function() json.encode(round) end, "json%.encode: ")
  end)
end)

describe("decode", function()
  it("gives Lua values", function()
    check.same(json.decode '{"a":[1,2.5,"x"],"b":true,"c":{}}', { a = { 1, 2.5, "x" }, b = true, c = {} })
    check.equal(json.decode "null", json.null)
    check.equal(json.decode '"text"', "text")
  end)

  it("keeps arrays apart from objects on the way back", function()
    check.equal(json.encode(json.decode '{"a":[],"b":{}}'), '{"a": [], "b": {}}')
  end)

  it("says where it isn't JSON, and shows its beginning", function()
    check.error(function() json.decode "{\n  oops\n}" end,
      "^tests/lua/json_spec%.lua:%d+: not JSON at line 2, column %d+: .*%(in '{")
    check.error(function() json.decode "" end, "not JSON at line 1")
    check.error(function() json.decode(nil) end, "json%.decode: expected a string, got nil")
  end)
end)
