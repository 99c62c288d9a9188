-- files -- the option `files`: forms that carry files (multipart/form-data, RFC 7578), as python-requests
-- writes them.
--
-- What is sent from disk is named here and read while it is sent: see src/http/body.h.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"

local random = core.rand.random
local type, next, ipairs = type, next, ipairs

---@alias katydid.Files string|katydid.File|(string|katydid.File)[] a path, a file, or a list of those

---A file of a form: a path, or bytes.
---@class katydid.File
---@field path string? relative to the script that names it
---@field content string? instead of a path
---@field name string|false|nil as it is sent; nil: the path's last part, or the field's name; false: none
---@field type string? its Content-Type; none is sent without
---@field headers table<string, string>? further ones of this part
local files = {}

local FIELDS = { "content", "headers", "name", "path", "type" }

-- As browsers do (WHATWG HTML, "multipart/form-data encoding algorithm"): what would end the name.
local ESCAPES = { ['"'] = "%22", ["\r"] = "%0D", ["\n"] = "%0A" }

local function escape(text)
  return (text:gsub('["\r\n]', ESCAPES))
end

local function where(field)
  return ("option 'files': %s"):format(blame.show(field))
end

local function check_text(field, key, value)
  if type(value) ~= "string" then blame.expected(where(field), ("a string for '%s'"):format(key), value) end
  if value:find("[%z\r\n]") and key ~= "content" and key ~= "name" then
    blame.raise("%s: '%s' holds a line break or NUL", where(field), key)
  end
end

local function check_headers(field, headers)
  if type(headers) ~= "table" then
    blame.expected(where(field), "a table name -> value for 'headers'", headers)
  end
  for name, value in next, headers do
    if type(name) ~= "string" or not name:find("^[%w!#$%%&'*+.^_`|~-]+$") then
      blame.raise("%s: %s is no header's name", where(field), blame.show(name))
    end
    check_text(field, "headers." .. name, value)
    local known = name:lower()
    if known == "content-disposition" or known == "content-type" then
      blame.raise("%s: '%s' is made of 'name' and 'type'", where(field), name)
    end
  end
end

local function check_file(field, file)
  for key, value in next, file do
    if key == "headers" then
      check_headers(field, value)
    elseif key == "path" or key == "content" or key == "type" or (key == "name" and value ~= false) then
      check_text(field, key, value)
    elseif key ~= "name" then
      blame.unknown("field", key, FIELDS, where(field))
    end
  end
  if (file.path == nil) == (file.content == nil) then
    blame.raise("%s: expected either 'path' or 'content'", where(field))
  end
end

-- What a file's name is where the script doesn't say: as requests has it.
local function name_of(field, file)
  if file.name == false then return nil end
  if file.name then return file.name end
  return file.path and file.path:match("[^/]+$") or field
end

local function add_head(parts, boundary, field, name, kind, headers)
  local lines = { ('--%s\r\nContent-Disposition: form-data; name="%s"'):format(boundary, escape(field)) }
  if name then lines[1] = ('%s; filename="%s"'):format(lines[1], escape(name)) end
  if kind then lines[2] = "Content-Type: " .. kind end
  for _, header in ipairs(headers and blame.names(headers) or {}) do
    lines[#lines + 1] = header .. ": " .. headers[header]
  end
  parts[#parts + 1] = table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function add_file(parts, boundary, field, file)
  if type(file) == "string" then file = { path = file } end
  if type(file) ~= "table" then
    blame.expected(where(field), "a path, { path = } or { content = }, or a list of those", file)
  end
  check_file(field, file)
  add_head(parts, boundary, field, name_of(field, file), file.type, file.headers)
  if file.content then
    parts[#parts + 1] = file.content
  else
    local path = file.path
    parts[#parts + 1] = { path:sub(1, 1) == "/" and path or blame.folder() .. path }
  end
  parts[#parts + 1] = "\r\n"
end

-- 32 hexadecimal digits from the user's own stream, so that a seed gives the same bytes.
local function new_boundary()
  local words = {}
  for i = 1, 4 do
    words[i] = ("%08x"):format(random(0, 4294967295))
  end
  return table.concat(words)
end

---Puts a form with files into a call's spec. Raises what isn't known or can't be read.
---@param spec katydid.core.spec
---@param given table<string, katydid.Files>
---@param fields table<integer, string> name, value, … of the form's other fields, which come first
function files.apply(spec, given, fields)
  if type(given) ~= "table" then blame.expected("option 'files'", "a table name -> file", given) end
  if next(given) == nil then return end
  for name in next, given do
    if type(name) ~= "string" then blame.expected("option 'files'", "names for keys", name) end
  end
  local parts, boundary = {}, new_boundary()
  for i = 1, #fields, 2 do
    add_head(parts, boundary, fields[i])
    parts[#parts + 1] = fields[i + 1] .. "\r\n"
  end
  for _, field in ipairs(blame.names(given)) do
    local value = given[field]
    if type(value) == "table" and value[1] ~= nil then
      for _, file in ipairs(value) do
        add_file(parts, boundary, field, file)
      end
    else
      add_file(parts, boundary, field, value)
    end
  end
  parts[#parts + 1] = ("--%s--\r\n"):format(boundary)
  local ok, body = co.pcall(core.http.body, parts)
  if not ok then blame.raise("option 'files': %s", tostring(body)) end
  spec.body, spec.source = nil, body
  spec.content_type = "multipart/form-data; boundary=" .. boundary
end

return files
