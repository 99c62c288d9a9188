-- strict -- globals that don't come about by accident, in scripts and in modules from their folders.
--
-- At the top of a file a global may be set. Written for the first time inside a function, or read without
-- ever having been set, it is an error that names the line: it is a forgotten `local`, or a slip.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"

local strict = {}

-- Whether the function at this level is a whole file.
local function is_top(level)
  local frame = debug.getinfo(level + 1, "S")
  return frame ~= nil and frame.what == "main"
end

local function fail_undeclared(globals, name)
  local known = {}
  for _, names in ipairs { globals, _G } do
    for other in next, names do
      if type(other) == "string" then known[#known + 1] = other end
    end
  end
  local near = core.text.nearest(tostring(name), known)
  local hint = near and ("did you mean '%s'?"):format(near) or "is it a local of another function?"
  error(("the global '%s' was never set; %s"):format(tostring(name), hint), 3)
end

---The globals of a file: Lua's own, and those that it sets at its top.
---@param is_shared boolean? those are everybody's, as a module's ever were; else the file's alone
---@return table environment of the file's chunk
function strict.globals(is_shared)
  local declared = {} -- set to nil, perhaps, but set
  local globals = {}
  return setmetatable(globals, {
    __index = function(_, name)
      local value = _G[name]
      if value == nil and not declared[name] then fail_undeclared(globals, name) end
      return value
    end,
    __newindex = function(_, name, value)
      if not declared[name] and rawget(_G, name) == nil and not is_top(2) then
        error(("'%s' would become a global inside a function: write `local %s`, or set it once at the top of "
          .. "the file"):format(tostring(name), tostring(name)), 2)
      end
      declared[name] = true
      rawset(is_shared and _G or globals, name, value)
    end,
  })
end

---A searcher for package.loaders: the modules in these folders, each strict about its globals.
---@param templates string[] of paths: "flows/?.lua"
---@return fun(name: string): function|string
function strict.searcher(templates)
  return function(name)
    local tried = {}
    for _, template in ipairs(templates) do
      local path = template:gsub("%?", (name:gsub("%.", "/"):gsub("%%", "%%%%")))
      if core.file.kind(path) == "file" then
        local chunk, why = loadfile(path, "t", strict.globals(true))
        if not chunk then error(why, 0) end
        return chunk
      end
      tried[#tried + 1] = ("\n\tno file '%s'"):format(path)
    end
    return table.concat(tried)
  end
end

return strict
