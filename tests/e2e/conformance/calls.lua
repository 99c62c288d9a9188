-- calls -- the practice server again: every way to call for a request, files, streams, batches, names.
-- SPDX-License-Identifier: MIT

local function has(part)
  return function(found)
    return type(found) == "string" and found:find(part, 1, true) ~= nil
  end
end

-- client:get and its kin, where `ask` has client:request.
local function ways(c)
  local client, NIL = c.client, c.NIL
  local function call(label, options, expected, ...)
    options = c.with_authority(options)
    local arguments = { ... }
    arguments[#arguments + 1] = options
    return c.tell(label, options, expected, pcall(unpack(arguments)))
  end
  for _, method in ipairs { "get", "post", "put", "patch", "delete", "head", "options" } do
    call("client:" .. method, { headers = { ["X-Way"] = method } }, {
      status_code = 200,
      ["request.method"] = method:upper(),
      ["request.target"] = "/echo",
      ["request.headers.X-Way"] = method,
      ["json.method"] = method ~= "head" and method:upper() or nil,
    }, client[method], client, "/echo")
  end
  call("client.get", { name = "by a dot" }, { ["event.name"] = "by a dot" }, client.get, "/json")
  call("client.request", { data = "x" }, { ["json.body"] = "x" }, client.request, "POST", "/echo")
  call("client:rest", { json = { a = { 1 }, b = false } }, {
    ["js.body"] = '{"a": [1], "b": false}',
    ["js.headers.Accept"] = "application/json",
    ["event.exception"] = NIL,
  }, client.rest, client, "POST", "/echo")
  call("user:rest", { name = "rest" }, { ["js.nested.ok"] = true }, c.user.rest, c.user, "GET", "/json")
  call("client:rest without JSON", nil, {
    js = NIL,
    ok = true,
    raises = NIL,
    ["event.exception"] = has "JSON",
  }, client.rest, client, "GET", "/bytes/5")
  call("client:rest of an error", nil, {
    status_code = 404,
    no_js = NIL,
    ["event.exception"] = has "404",
  }, client.rest, client, "GET", "/nowhere")
end

local function answers(c)
  local response = c.ask("fields", "GET", "/json", nil, {
    headers = function(_, found)
      return found.headers["CONTENT-type"] == "application/json" and found.headers["X-None"] == nil
    end,
    no_js = has "client:rest",
    ["took.dns"] = false,
  })
  assert(response:json().nested.ok == true and response:json() ~= nil)
  response = c.ask("no JSON", "GET", "/bytes/100", nil, { status_code = 200 })
  local ok, why = pcall(response.json, response)
  c.ask("what json() said", "POST", "/echo", { data = tostring(not ok and why) }, {
    ["json.body"] = has "JSON",
  })
  c.ask("json() in a handler", "GET", "/bytes/100", { name = "no JSON" }, {
    ["event.exception"] = has "JSON",
  }, function(found)
    found:json()
  end)
  c.ask("raise_for_status in a handler", "GET", "/status/503", { name = "raises" }, {
    ["event.exception"] = has "503 Server Error",
  }, function(found)
    found:raise_for_status()
  end)
  c.ask("the last word counts", "GET", "/json", nil, { ["event.exception"] = c.NIL }, function(found)
    found:failure "first"
    found:success()
  end)
end

local function names(c)
  local ask, client = c.ask, c.client
  client:rename_request "renamed"
  ask("renamed", "GET", "/json?a=1", nil, { ["event.name"] = "renamed" })
  client:with_name("inside", function()
    ask("inside", "GET", "/json", nil, { ["event.name"] = "inside" })
    ask("a name of its own", "GET", "/json", { name = "own" }, { ["event.name"] = "own" })
  end)
  ask("renamed again", "GET", "/status/404", nil, {
    ["event.exception"] = "HTTPError('404 Client Error: Not Found for url: renamed')",
  })
  client:rename_request(nil)
  ask("renamed no more", "GET", "/json", nil, { ["event.name"] = "/json" })
end

local function files(c)
  c.ask("files", "POST", "/echo", {
    data = { b = "x y", a = { 1, "\195\169&" } },
    files = {
      script = "calls.lua",
      notes = {
        {
          content = "one",
          name = 'zw\195\182lf "12".txt',
          type = "text/plain",
          headers = { ["X-Part"] = "1" },
        },
        { content = "two\0\r\n", name = false },
      },
    },
  }, {
    status_code = 200,
    ["request.body"] = c.NIL,
    ["request.headers.Content-Type"] = has "multipart/form-data; boundary=",
  })
  c.ask("no such file", "POST", "/echo", { files = { a = "none.bin" } }, { raised = has "none.bin" })
end

local function streams(c)
  local function stream(label, path, text, expected, options)
    local pieces, all = {}, { status_code = 200, text = "", length = #text }
    for field, wanted in pairs(expected or {}) do
      all[field] = wanted
    end
    all.streamed = function()
      return table.concat(pieces) == text
    end
    options = options or {}
    options.stream = function(piece)
      pieces[#pieces + 1] = piece
    end
    c.ask(label, "GET", path, options, all)
  end
  local whole = c.ask("not streamed", "GET", "/bytes/200000", nil, { status_code = 200 }).text
  stream("streamed", "/bytes/200000", whole)
  stream("nothing to be streamed", "/bytes/0", "")
  stream("streamed behind redirects", "/redirect/2?to=/bytes/1000", whole:sub(1, 1000), {
    ["history.2.status_code"] = 302,
  })
  stream("streamed and kept", "/bytes/10", whole:sub(1, 10), { ["took.connect"] = false })
  stream("streamed until too late", "/stall/9", "", {
    status_code = 0,
    error = "Timeout('Request timed out. (timeout=0.1)')",
  }, { timeout = 0.1 })
  c.ask("enough", "GET", "/events/2?every=5000", {
    stream = function()
      return false
    end,
  }, { status_code = 200, text = "", length = function(n)
    return n > 0
  end, ["event.exception"] = c.NIL })
  c.ask("an error in a stream", "GET", "/events/2?every=5000", {
    stream = function()
      error "broken"
    end,
  }, { text = "", ["event.exception"] = has "broken" })
  c.ask("after these", "GET", "/json", nil, { ["took.connect"] = true })
end

local function batches(c)
  local trusting = c.with_authority
  local judged = 0
  local requests = {
    { "GET", "/json", trusting { name = "first of a batch" } },
    { "POST", "/echo", trusting { data = "second" } },
    { "GET", "/status/404", trusting(), function(response)
      judged = judged + 1
      response:success()
    end },
    { "GET", "/drop", trusting() },
    { "GET", "/redirect/1", trusting() },
  }
  local responses = c.client:batch(requests)
  assert(judged == 1 and #responses == #requests)
  for i, response in ipairs(responses) do
    c.tell("batch " .. i, requests[i][3], {
      untold = { "connect", "tls" }, -- an answer may be there before the next request has left
      ["event.exception"] = i == 4 and has "RemoteDisconnected" or c.NIL,
      raises = function(found)
        return (found ~= nil) == (i == 3 or i == 4)
      end,
    }, true, response)
  end
  local ok, why = pcall(c.client.batch, c.client, { { "GET", "/json" }, { "GET", "/json", { nmae = "x" } } })
  c.ask("what batch said", "POST", "/echo", { data = tostring(not ok and why) }, {
    ["json.body"] = has "nmae",
  })
end

return function(c)
  ways(c)
  answers(c)
  names(c)
  files(c)
  streams(c)
  batches(c)
end
