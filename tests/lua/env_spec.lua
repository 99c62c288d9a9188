-- .env files, and the environment of the process over them.
-- SPDX-License-Identifier: MIT

local env = require "katydid.env"

local NAME = "tests/lua/.env_spec_file"

local function load(text)
  local file = assert(io.open(NAME, "w"))
  file:write(text)
  file:close()
  local ok, why = pcall(env.load, ".env_spec_file")
  os.remove(NAME)
  if not ok then error(why, 0) end
  return why
end

describe("a .env file", function()
  it("holds names and values, beside the script that loads it", function()
    check.equal(load [[
# a comment

K_PLAIN=abc
  K_BLANKS  =  a b  c   # a comment
export K_EXPORTED=1
K_HASH=a#b
K_EMPTY=
K_EQUALS=a=b=c
]], true)
    check.equal(env.get "K_PLAIN", "abc")
    check.equal(env.get "K_BLANKS", "a b  c")
    check.equal(env.get "K_EXPORTED", "1")
    check.equal(env.get "K_HASH", "a#b")
    check.equal(env.get "K_EMPTY", "")
    check.equal(env.get "K_EQUALS", "a=b=c")
  end)

  it("has quotes: single for what is meant as it stands, double for escapes", function()
    load([[
K_SINGLE='a # "b" \n'
K_DOUBLE="a # \"b\" \\ \n"   # a comment
]])
    check.equal(env.get "K_SINGLE", [[a # "b" \n]])
    check.equal(env.get "K_DOUBLE", 'a # "b" \\ \n')
  end)

  it("may have line ends and a mark of another system", function()
    load("\239\187\191K_FIRST=1\r\nK_SECOND=2\r\n")
    check.equal(env.get "K_FIRST", "1")
    check.equal(env.get "K_SECOND", "2")
  end)

  it("says what is wrong, and in which line", function()
    check.error(function() load "K=1\nnonsense" end, "env_spec_file:2: expected NAME=value")
    check.error(function() load "K='a" end, "env_spec_file:1: the quote isn't closed")
    check.error(function() load 'K="a\\"' end, "env_spec_file:1: the quote isn't closed")
    check.error(function() load "K='a'b" end, "env_spec_file:1: something stands after the closing quote")
  end)

  it("has to be there when it is named, not when it isn't", function()
    check.error(function() env.load "nowhere.env" end, "env_spec%.lua:%d+: env%.load: .*nowhere%.env")
    check.equal(env.load(), false)
    check.error(function() env.load(3) end, "env%.load: expected a path, got 3")
  end)
end)

describe("a variable", function()
  it("of the process wins over a file's", function()
    load "PATH=/nowhere\n"
    check.equal(env.get "PATH", os.getenv "PATH")
  end)

  it("may have a default", function()
    check.equal(env.get "K_UNKNOWN", nil)
    check.equal(env.get("K_UNKNOWN", "eu"), "eu")
  end)

  it("may be required", function()
    load "K_TOKEN=t\nK_NONE=\n"
    check.equal(env.require "K_TOKEN", "t")
    check.error(function() env.require "K_NONE" end,
      "K_NONE is not set: set it in the environment, or write K_NONE=")
    check.error(function() env.require "K_UNKNOWN" end, "env_spec%.lua:%d+: K_UNKNOWN is not set")
    check.error(function() env.require() end, "env%.require: expected a variable's name, got nil")
  end)
end)
