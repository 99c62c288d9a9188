-- embed -- turns lua/ into a C file: a table of { module, chunk name, source, length }.
-- As source and not as bytecode: bytecode ties the program to one LuaJIT, and tracebacks show real paths.
-- usage: luajit embed.lua OUT.c lua/katydid/init.lua ...
-- SPDX-License-Identifier: MIT

local out_path = assert(arg[1], "usage: embed.lua OUT.c FILE...")

local out = { '/* Made from lua/ by src/script/embed.lua. */\n#include "script/embed.h"\n\n' }

local function bytes_of(text)
  local lines, line = {}, {}
  for i = 1, #text do
    line[#line + 1] = text:byte(i)
    if #line == 24 or i == #text then
      lines[#lines + 1] = "    " .. table.concat(line, ",") .. ",\n"
      line = {}
    end
  end
  return table.concat(lines)
end

local rows = {}
for i = 2, #arg do
  local path = arg[i]
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
  local name = "source_" .. (i - 1)
  out[#out + 1] = ("static const char %s[] = {\n%s    0};\n\n"):format(name, bytes_of(text))
  rows[#rows + 1] = ('    {"%s", "@%s", %s, %d},\n'):format(module, path, name, #text)
end

rows[#rows + 1] = "    {0, 0, 0, 0}};\n"
out[#out + 1] = "const struct embedded embedded_modules[] = {\n" .. table.concat(rows)

local file = assert(io.open(out_path, "wb"))
file:write(table.concat(out))
file:close()
