-- sizes -- how long a file and a function of src/ may be; exceptions stand here, each with its reason.
-- usage: luajit sizes.lua FILE...
-- SPDX-License-Identifier: MIT

local FILE_LIMIT, FUNCTION_LIMIT = 600, 80

-- path -> reason
local LONG_FILES = {}
-- "path:function" -> reason
local LONG_FUNCTIONS = {}

local bad = 0
local function complain(...)
  bad = bad + 1
  print(string.format(...))
end

-- A function begins where a line "{" follows one that begins in the first column, and ends with "}" there.
local function check_functions(path)
  local number, begin, name, last = 0, nil, nil, ""
  for line in io.lines(path) do
    number = number + 1
    if line == "{" then
      begin = number
    elseif line == "}" and begin then
      local length = number - begin - 1
      if length > FUNCTION_LIMIT and not LONG_FUNCTIONS[path .. ":" .. (name or "?")] then
        complain("%s:%d: %s has %d lines, more than %d", path, begin, name or "?", length, FUNCTION_LIMIT)
      end
      begin = nil
    elseif not begin and line:match("^[%a_].*%(") then
      name = line:match("([%w_]+)%s*%(") or last
    end
    last = line
  end
end

for _, path in ipairs(arg) do
  if path:match("^src/.*%.c$") then
    local lines = 0
    for _ in io.lines(path) do lines = lines + 1 end
    if lines > FILE_LIMIT and not LONG_FILES[path] then
      complain("%s: %d lines, more than %d: is it one room, or two?", path, lines, FILE_LIMIT)
    end
    check_functions(path)
  end
end
os.exit(bad == 0 and 0 or 1)
