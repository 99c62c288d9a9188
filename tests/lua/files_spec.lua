-- files_spec -- the option `files`: the bytes of a form, and what is refused.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local client_of = require "katydid.client"
local spec = require "spec"

local FOLDER = debug.getinfo(1, "S").source:match("^@(.*/)")
local A = k.HttpUser:extend("A", { host = "http://host" })

-- What a user posts: the request as the wire has it, its body with a boundary of "B", and the response.
local function post(options)
  local seen
  spec.answer(function(request) seen = request end)
  local user = setmetatable({ user = true }, { __index = A })
  user.client = client_of.new(user)
  local response = spec.as_user(function()
    local answer = user.client:request("POST", "/form", options)
    return answer
  end, user)
  seen.boundary = (seen.headers["Content-Type"] or ""):match("^multipart/form%-data; boundary=(%x+)$")
  seen.form = seen.boundary and seen.body:gsub(seen.boundary, "B")
  return seen, response
end

local function text_of(path)
  local file = assert(io.open(FOLDER .. path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- A part as it is written, with \n for CRLF.
local function part(head, content)
  return ("--B\n" .. head .. "\n\n"):gsub("\n", "\r\n") .. content .. "\r\n"
end

describe("files", function()
  it("are read from the script's own folder, under their own names", function()
    local seen, response = post { files = { avatar = "files_spec.lua" } }
    check.equal(seen.form,
      part('Content-Disposition: form-data; name="avatar"; filename="files_spec.lua"',
           text_of "files_spec.lua") .. "--B--\r\n")
    check.equal(#seen.boundary, 32)
    check.equal(response.request.body, nil)
    check.equal(post({ files = { avatar = { path = "./files_spec.lua" } } }).form, seen.form)
  end)

  it("may lie anywhere", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write("\0\r\n\255")
    file:close()
    local seen = post { files = { a = path } }
    os.remove(path)
    check.equal(seen.form, part(('Content-Disposition: form-data; name="a"; filename="%s"')
      :format(path:match("[^/]+$")), "\0\r\n\255") .. "--B--\r\n")
  end)

  it("may be bytes, with a name, a type and headers", function()
    local seen = post { files = {
      b = { content = "bytes", name = "a.txt", type = "text/plain",
            headers = { ["X-B"] = "2", ["X-A"] = "1" } },
      a = { content = "" },
      c = { content = "{}", name = false, type = "application/json" },
    } }
    check.equal(seen.form, part('Content-Disposition: form-data; name="a"; filename="a"', "")
      .. part('Content-Disposition: form-data; name="b"; filename="a.txt"\nContent-Type: text/plain\n'
              .. "X-A: 1\nX-B: 2", "bytes")
      .. part('Content-Disposition: form-data; name="c"\nContent-Type: application/json', "{}")
      .. "--B--\r\n")
  end)

  it("go with the fields of `data`, and lists repeat a name", function()
    local seen = post {
      data = { z = 1, list = { "a", true } },
      files = { f = { { content = "1" }, { content = "2", name = "two" } } },
    }
    check.equal(seen.form, part('Content-Disposition: form-data; name="list"', "a")
      .. part('Content-Disposition: form-data; name="list"', "true")
      .. part('Content-Disposition: form-data; name="z"', "1")
      .. part('Content-Disposition: form-data; name="f"; filename="f"', "1")
      .. part('Content-Disposition: form-data; name="f"; filename="two"', "2") .. "--B--\r\n")
  end)

  it("have names that can't end their line, in UTF-8", function()
    local seen = post { files = { ['a"b'] = { content = "", name = 'é"\r\n%22' } } }
    check.equal(seen.form,
      part('Content-Disposition: form-data; name="a%22b"; filename="é%22%0D%0A%22"', "") .. "--B--\r\n")
  end)

  it("have a boundary of the user's own chance", function()
    local first = post { files = { a = { content = "" } } }
    local second = post { files = { a = { content = "" } } }
    check(first.boundary ~= nil)
    check.equal(first.boundary, second.boundary) -- each is a user's first number
  end)

  it("leave a Content-Type of the script's own, and their form alone where there are none", function()
    local files = { a = { content = "x" } }
    local seen = post { files = files, headers = { ["Content-Type"] = "multipart/mixed" } }
    check.equal(seen.headers["Content-Type"], "multipart/mixed")
    seen = post { files = {}, data = { a = 1 } }
    check.equal(seen.headers["Content-Type"], "application/x-www-form-urlencoded")
    check.equal(seen.body, "a=1")
  end)

  it("go with client:rest", function()
    local seen
    spec.answer(function(request)
      seen = request
      return { body = "{}" }
    end)
    local user = setmetatable({ user = true }, { __index = A })
    user.client = client_of.new(user)
    local files = { a = { content = "x" } }
    spec.as_user(function() user.client:rest("POST", "/form", { files = files }) end, user)
    check.match(seen.headers["Content-Type"], "^multipart/form%-data; boundary=")
  end)

  it("are refused where they are named", function()
    local function refused(options, why)
      check.error(function() post(options) end, "files_spec.lua:%d+: .*" .. why)
    end
    refused({ files = { a = "none.png" } },
      "option 'files': can't read '.*/none.png': No such file or directory")
    refused({ files = { a = "." } }, "option 'files': can't send '.*': it is a folder")
    refused({ files = { a = "files_spec.lua" }, json = {} },
      "client:request: 'files' and 'json' exclude each other")
    refused({ files = { a = "files_spec.lua" }, data = "x" },
      "client:request: option 'data': expected a table, whose fields go with 'files', got 'x'")
    refused({ files = "a.png" }, "option 'files': expected a table name %-> file, got 'a.png'")
    refused({ files = { "a.png" } }, "option 'files': expected names for keys, got 1")
    refused({ files = { a = 5 } }, "option 'files': 'a': expected a path, .*, got 5")
    refused({ files = { a = {} } }, "option 'files': 'a': expected either 'path' or 'content'")
    refused({ files = { a = { path = "x", content = "y" } } }, "'a': expected either 'path' or 'content'")
    refused({ files = { a = { contents = "y" } } }, "unknown field 'contents' .*did you mean 'content'%?")
    refused({ files = { a = { content = 5 } } }, "'a': expected a string for 'content', got 5")
    refused({ files = { a = { content = "", type = "a\nb" } } }, "'a': 'type' holds a line break or NUL")
    refused({ files = { a = { content = "", headers = "x" } } },
      "'a': expected a table name %-> value for 'headers'")
    refused({ files = { a = { content = "", headers = { ["a b"] = "x" } } } },
      "'a': 'a b' is no header's name")
    refused({ files = { a = { content = "", headers = { a = "x\r\n" } } } },
      "'headers.a' holds a line break")
    refused({ files = { a = { content = "", headers = { ["content-type"] = "x" } } } },
      "'content%-type' is made of 'name' and 'type'")
    refused({ files = { a = "x\0y" } }, "'a': 'path' holds a line break or NUL")
  end)
end)
