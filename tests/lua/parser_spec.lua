-- Options that scripts add: what add_argument takes, and what the program is told.

local k = require "katydid"
local driver = require "katydid.driver"
local json = require "katydid.json"
local spec = require "spec"

-- What the program would be told of the options that fn(parser) adds.
local function declare(fn)
  local listener = k.events.init_command_line_parser:add_listener(function(e) fn(e.parser) end)
  local ok, rows = pcall(driver.declare_options, { "users", "spawn-rate", "u" })
  k.events.init_command_line_parser:remove_listener(listener)
  if not ok then error(rows, 0) end
  return json.decode(rows)
end

local function declare_one(...)
  local arguments = { ... }
  return declare(function(parser) parser:add_argument(unpack(arguments)) end)[1]
end

describe("add_argument", function()
  it("makes a row of the program's table, with a type, a default, and how the value is shown", function()
    check.same(declare_one("--max-items", "-i", { type = "integer", default = 3, help = "how\n  many" }), {
      name = "max-items", letter = "i", type = "integer", preset = "3", value = "N", help = "how many",
      is_secret = false, is_required = false,
    })
    check.same(declare_one("--name"), {
      name = "name", type = "string", value = "TEXT", help = "", is_secret = false, is_required = false,
    })
    check.same(declare_one("--share", { type = "number", default = 0.1, env = "SHARE" }), {
      name = "share", type = "number", preset = "0.10000000000000001", value = "NUMBER", help = "",
      variable = "SHARE", is_secret = false, is_required = false,
    })
    check.equal(declare_one("--quick", { type = "boolean" }).type, "boolean")
  end)

  it("makes choices texts, and a list a default in the help", function()
    local row = declare_one("--level", { type = "integer", choices = { 1, 20 }, default = 20 })
    check.equal(row.type, "choice")
    check.same(row.choices, { "1", "20" })
    check.equal(row.preset, "20")
    check.equal(row.value, "1|20")
    row = declare_one("--also", { is_multiple = true, default = { "a", "b" }, help = "more" })
    check.equal(row.type, "strings")
    check.equal(row.preset, nil)
    check.equal(row.help, "more (default: a, b)")
    row = declare_one("--also", { is_multiple = true, default = { "a", "b" }, is_secret = true })
    check.equal(row.help, "(default: ***)")
  end)

  it("gives the values the script's types, when all have been read", function()
    declare(function(parser)
      parser:add_argument("--level", { type = "integer", choices = { 1, 20 } })
      parser:add_argument("--also", { is_multiple = true, default = { "a" } })
      parser:add_argument("--name")
    end)
    driver.set_options { level = "20", users = 3 }
    local seen
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      seen = self.environment.parsed_options
      self:stop()
    end)
    local listener = k.events.init:add_listener(function() end)
    spec.run { classes = A }
    k.events.init:remove_listener(listener)
    check.same(seen, { level = 20, also = { "a" }, users = 3 })
  end)

  it("refuses what isn't right, with the option and the line", function()
    for _, case in ipairs {
      { "'--items'", {}, "items" },
      { "the name of an option, as '%-%-items', got nil" },
      { "the name of an option, as '%-%-items', got '%-i'", {}, "-i" },
      { "the name of an option, as '%-%-items' or '%-i', got '%-%-x'", {}, "--x" },
      { "expected a table that describes the option, got 5", 5, "--items" },
      { "unknown field 'defualt' of add_argument%('%-%-items'%) %(did you mean 'default'%?%)",
        { defualt = 1 } },
      { "type: expected 'integer', got 'integr'", { type = "integr" } },
      { "type: expected one of 'boolean', 'integer', 'number' and 'string', got 'list'", { type = "list" } },
      { "default: expected a whole number, got '3'", { type = "integer", default = "3" } },
      { "default: expected a whole number, got 1.5", { type = "integer", default = 1.5 } },
      { "default: expected true or false, got 1", { type = "boolean", default = 1 } },
      { "default: expected one of the choices, got 'b'", { choices = { "a" }, default = "b" } },
      { "choices: expected a string without zero bytes each, got 1", { choices = { 1 } } },
      { "choices: expected a list of values, got a table", { choices = {} } },
      { "choices don't go with a boolean", { type = "boolean", choices = { true } } },
      { "is_multiple goes with strings, not with the type integer",
        { type = "integer", is_multiple = true } },
      { "default: expected a list of strings, got 'a'", { is_multiple = true, default = "a" } },
      { "what is_required has no use for a default", { is_required = true, default = "a" } },
      { "help: expected a string, got 1", { help = 1 } },
      { "env: expected the name of a variable, got 'A B'", { env = "A B" } },
      { "is_secret: expected true or false, got 1", { is_secret = 1 } },
      { "default: expected a whole number, got '%*%*%*'",
        { type = "integer", default = "hunter2", is_secret = true } },
      { "there is an option %-%-users already; it is katydid's own", {}, "--users" },
      { "there is an option %-%-spawn_rate already; it is katydid's own", {}, "--spawn_rate" },
    } do
      local pattern, described, name = case[1], case[2], case[3]
      local message = check.error(function() declare_one(name or described and "--items", described) end,
        pattern)
      check.match(message, "parser_spec%.lua:%d+: ")
    end
    check.error(function() declare_one("--up", "-u") end,
      "there is an option %-u already; it is katydid's own")
    check.error(function()
      declare(function(parser)
        parser:add_argument("--items")
        parser:add_argument("--items")
      end)
    end, "there is an option %-%-items already; it is a script's")
  end)

  it("is there for the listeners alone", function()
    local kept
    declare(function(parser) kept = parser end)
    check.error(function() kept:add_argument("--late") end,
      "add_argument: options are added in a listener of events.init_command_line_parser")
  end)

  it("passes on what a listener throws: a run without the option would be another run", function()
    check.error(function() declare(function() error("no options today") end) end, "no options today")
  end)
end)
