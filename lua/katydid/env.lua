-- env -- settings and secrets from the environment, and from `.env` files beside scripts.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local env = {}

-- What `.env` files said. The process's own environment wins over it.
local loaded = {}

local ESCAPES = { n = "\n", r = "\r", t = "\t" }

-- The value that a line gives, after its `=`: bare, in double quotes with escapes, or in single quotes as it
-- is.
local function value_of(text)
  local quote = text:match("^[\"']")
  if not quote then
    return (text:gsub("^#.*", ""):gsub("%s#.*", ""):gsub("%s+$", ""))
  end
  local value, rest
  if quote == "'" then
    value, rest = text:match("^'([^']*)'(.*)$")
  else
    local at = 2
    while text:sub(at, at) ~= '"' do
      if at > #text then return nil, "the quote isn't closed" end
      at = at + (text:sub(at, at) == "\\" and 2 or 1)
    end
    value, rest = text:sub(2, at - 1), text:sub(at + 1)
    value = value:gsub("\\(.)", function(c)
      return ESCAPES[c] or c
    end)
  end
  if not value then return nil, "the quote isn't closed" end
  if not rest:find("^%s*$") and not rest:find("^%s+#") then
    return nil, "something stands after the closing quote"
  end
  return value
end

local function read(path, text)
  local number = 0
  for line in (text:gsub("^\239\187\191", "") .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local body = line:match("^%s*(.-)%s*$")
    if body ~= "" and body:sub(1, 1) ~= "#" then
      local name, rest = body:gsub("^export%s+", ""):match("^([%a_][%w_.]*)%s*=%s*(.*)$")
      local value, why
      if name then
        value, why = value_of(rest)
      else
        why = "expected NAME=value"
      end
      if not value then blame.raise("%s:%d: %s", path, number, why) end
      loaded[name] = value
    end
  end
end

---Reads a file of lines `NAME=value`. Without a path: `.env` beside the script that calls this, if it is
---there.
---@param path string? relative to the script that calls this; has to be there
---@return boolean was_there
function env.load(path)
  if path ~= nil and type(path) ~= "string" then
    blame.expected("env.load", "a path", path)
  end
  local full = path or ".env"
  if full:sub(1, 1) ~= "/" then full = blame.folder() .. full end
  if not path and not core.file.kind(full) then return false end
  local file, why = io.open(full, "rb")
  if not file then blame.raise("env.load: %s", why) end
  local text = file:read("*a")
  file:close()
  if not text then blame.raise("env.load: %s can't be read", full) end
  read(full, text)
  return true
end

local function check_name(name, what)
  if type(name) ~= "string" or name == "" then
    blame.expected(what, "a variable's name", name)
  end
end

---A variable of the environment, or of a file that was loaded.
---@param name string
---@param default string?
---@return string?
function env.get(name, default)
  check_name(name, "env.get")
  local value = os.getenv(name) or loaded[name]
  if value == nil then return default end
  return value
end

---A variable that has to be there, and not empty.
---@param name string
---@return string
function env.require(name)
  check_name(name, "env.require")
  local value = env.get(name)
  if value == nil or value == "" then
    blame.raise("%s is not set: set it in the environment, or write %s=… into %s.env, for env.load() to find",
                name, name, blame.folder())
  end
  return value
end

return env
