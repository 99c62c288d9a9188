-- new -- `katydid new`: a starter scenario, with a remark on each part.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"

local new = {}

local STARTER = [==[
-- @FILE@ -- a scenario for katydid: what its users do, and how often.
--
--   katydid check @FILE@                               finds mistakes, sends nothing
--   katydid debug @FILE@                               one user, once, with all that is sent and received
--   katydid @FILE@ --headless -u 10 -r 2 -t 30s        10 users, 2 more each second, for 30 seconds
--
-- The practice server that it begins with: katydid target

local k = require "katydid"

local @CLASS@ = k.HttpUser:extend("@CLASS@", {
  host = @HOST@, -- --host URL sends the same users elsewhere
  wait_time = k.between(1, 3), -- seconds between two tasks, drawn anew each time
})

-- Once for each user, before its first task; a login, say. Cookies are kept.
function @CLASS@:on_start()
  self.client:get("/")
end

-- A task. A user runs them again and again, in an order drawn by chance; this one three times as often.
@CLASS@.item = k.task(3, function(self)
  -- `name` gathers all items in one line of the statistics.
  self.client:get("/items/" .. math.random(1000), { name = "/items/[id]" })
end)

-- A function as the last argument judges the answer, where its status doesn't say enough.
@CLASS@.search = k.task(function(self)
  self.client:get("/search", { params = { q = "lamp" } }, function(response)
    if #response:json().items == 0 then response:failure("nothing found") end
  end)
end)

-- What is run: a class, or several as in `return { @CLASS@, Admin }`.
return @CLASS@
]==]

-- "my-shop" is the file my-shop.lua and the class MyShop.
local function class_name(path)
  local base = path:match("[^/]*$"):gsub("%.lua$", "")
  local name = base:gsub("[^%w]*(%w)(%w*)", function(first, rest)
    return first:upper() .. rest
  end):gsub("[^%w]", "")
  return name:find("^%a") and name or nil
end

local function fail(message, ...)
  error(message:format(...), 0)
end

---@param arguments { name: string, host: string }
---@return string report
---@return integer code
function new.main(arguments)
  local path = arguments.name:find("%.lua$") and arguments.name or arguments.name .. ".lua"
  local class = class_name(path)
  if not class or path:find("%c") then
    fail("'%s': expected a name that begins with a letter, as in katydid new shop", arguments.name)
  end
  local ok, why = pcall(core.url.parse, arguments.host)
  if not ok then fail("--host: %s (as in http://127.0.0.1:8080)", tostring(why)) end
  if core.file.kind(path) then fail("%s: it is there already, and is left as it is", path) end
  local file, problem = io.open(path, "wx") -- x: never over a file that is there
  if not file then fail("%s", problem) end
  local values = { FILE = path, CLASS = class, HOST = ("%q"):format(arguments.host) }
  local written, trouble = file:write((STARTER:gsub("@(%u+)@", values)))
  local closed, late = file:close()
  if not (written and closed) then fail("%s: %s", path, trouble or late) end
  return ("%s is written. Next:\n  katydid target &            a server to practise with\n"
    .. "  katydid debug %s\n  katydid %s --headless -u 10 -r 2 -t 30s\n"):format(path, path, path), 0
end

return new
