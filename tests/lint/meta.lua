-- meta -- what C gives to Lua is what lua/katydid/meta/core.lua says, no more and no less.
-- Reads the luaL_Reg tables of src/script/l_*.c (a table named NAME_functions is katydid.core.NAME).
-- SPDX-License-Identifier: MIT

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function files(pattern)
  local list = {}
  local pipe = assert(io.popen("ls " .. pattern))
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

local in_c = {}
for _, path in ipairs(files("src/script/l_*.c")) do
  for name, body in read(path):gmatch("const luaL_Reg ([%w_]+)_functions%[%] = (%b{})") do
    for fn in body:gmatch('{%s*"([%w_]+)"') do in_c[name .. "." .. fn] = path end
  end
end

local in_meta = {}
for module, fn in read("lua/katydid/meta/core.lua"):gmatch("\nfunction ([%w_]+)%.([%w_]+)%(") do
  in_meta[module .. "." .. fn] = true
end

local bad = 0
for name, path in pairs(in_c) do
  if not in_meta[name] then
    bad = bad + 1
    print(("%s: core.%s has no annotation in lua/katydid/meta/core.lua"):format(path, name))
  end
end
for name in pairs(in_meta) do
  if not in_c[name] then
    bad = bad + 1
    print(("meta/core.lua: core.%s isn't in any NAME_functions[] of src/script/l_*.c"):format(name))
  end
end
os.exit(bad == 0 and 0 or 1)
