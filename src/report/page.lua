-- page -- turns the bundled page into a C file: script, style sheet, and the policy that lets no other in.
-- usage: luajit page.lua OUT.c SCRIPT.js STYLE.css LICENCE...; licences stand before the script, as they ask.
-- SPDX-License-Identifier: MIT

local out_path, script_path, style_path = arg[1], arg[2], arg[3]
assert(style_path, "usage: page.lua OUT.c SCRIPT.js STYLE.css LICENCE...")

-- What a bundler leaves at the end doesn't belong to the element.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a"):gsub("%s+$", "")
  file:close()
  assert(not text:lower():find("</s", 1, true), path .. ": would end its own element")
  return text
end

local BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(bytes)
  local function digits(three)
    local a, b, c = three:byte(1, 3)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    local text = ""
    for shift = 3, 0, -1 do
      local digit = math.floor(n / 64 ^ shift) % 64 + 1
      text = text .. BASE64:sub(digit, digit)
    end
    return text:sub(1, #three + 1) .. ("="):rep(3 - #three)
  end
  return (bytes:gsub("..?.?", digits))
end

-- "sha256-...", as a content security policy names an inline element.
local function hash_of(text)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen("sha256sum < '" .. name .. "'"))
  local hex = pipe:read("*l"):match("^%x+")
  pipe:close()
  os.remove(name)
  assert(#hex == 64)
  return "sha256-" .. base64((hex:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end)))
end

local function array(name, text)
  local lines = { ("const char %s[] = {\n"):format(name) }
  for from = 1, #text, 24 do
    lines[#lines + 1] = "    " .. table.concat({ text:byte(from, from + 23) }, ",") .. ",\n"
  end
  return table.concat(lines) .. "    0};\n"
end

local script, style = read(script_path), read(style_path)
for i = 4, #arg do
  local licence = read(arg[i])
  assert(not licence:find("*/", 1, true), arg[i] .. ": would end its comment")
  script = "/*\n" .. licence .. "\n*/\n" .. script
end
local policy = table.concat({
  "default-src 'none'",
  ("script-src '%s'"):format(hash_of(script)),
  ("style-src '%s'"):format(hash_of(style)),
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
}, "; ")

local file = assert(io.open(out_path, "wb"))
file:write('/* Made from src/web/ui by src/report/page.lua. */\n#include "report/page.h"\n\n',
  array("page_script", script), "\n", array("page_style", style), "\n", array("page_policy", policy))
file:close()
