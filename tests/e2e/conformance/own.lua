-- own -- what HttpUser alone can do: over HTTP/2, as over HTTP/1.1; and what FastHttpUser says to it.
-- SPDX-License-Identifier: MIT

local function is_refused(c, label, options)
  local why = next(options) .. ": FastHttpUser"
  c.ask(label, "GET", "/protocol", options, { raised = function(found)
    return found ~= nil and found:find(why, 1, true) ~= nil
  end })
end

return function(c)
  local over = { "2", "2-prior-knowledge" }
  if c.setup.user_class == "FastHttpUser" then
    for _, version in ipairs(over) do
      is_refused(c, "HTTP/" .. version, { http_version = version })
    end
    is_refused(c, "a proxy", { proxy = "http://127.0.0.1:1" })
    return
  end
  for i, url in ipairs { c.setup.url, c.setup.h2c_url } do
    local function ask(method, path, expected, options)
      options = options or {}
      options.http_version = over[i]
      c.ask(over[i] .. ": " .. method .. " " .. path, method, url .. path, options, expected)
    end
    ask("GET", "/protocol", { text = "HTTP/2.0 ", ["took.connect"] = true, ["took.tls"] = i == 1 })
    ask("GET", "/file", { text = "a small file\n", ["took.connect"] = i == 2 }) -- see curl_handle
    ask("HEAD", "/file", { text = "", ["headers.content-length"] = "13" })
    ask("GET", "/big", { length = 160000 })
    ask("GET", "/gzip", { length = 160000 })
    ask("GET", "/missing", { ["event.exception"] = "HTTPError('404 Client Error:  for url: /missing')" })
    ask("GET", "/to-file", { ["history.1.status_code"] = 301, text = "a small file\n" })
    ask("POST", "/file", { status_code = 405 }, { data = "x" })
  end
  c.ask("a proxy that is not there", "GET", "/protocol", { proxy = "http://127.0.0.1:1" }, {
    error = "ProxyError('Cannot connect to proxy.', ConnectionRefusedError(111, 'Connection refused'))",
  })
end
