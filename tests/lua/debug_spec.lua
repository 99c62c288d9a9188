-- `katydid debug`: what it hides, and what it shows of an event. Passes are in tests/cli/debug.t.
-- SPDX-License-Identifier: MIT

local debugging = require "katydid.tools.debug"

describe("katydid debug", function()
  it("hides credentials in headers", function()
    check.equal(debugging.mask_header("Authorization", "Bearer abc.def"), "Bearer ***")
    check.equal(debugging.mask_header("authorization", "abc"), "***")
    check.equal(debugging.mask_header("X-Api-Key", "Bearer abc"), "***")
    check.equal(debugging.mask_header("X-CSRF-Token", "abc"), "***")
    check.equal(debugging.mask_header("Location", "/x?a=1&access_token=abc#y"), "/x?a=1&access_token=***#y")
    check.equal(debugging.mask_header("Accept", "text/html;q=0.8"), "text/html;q=0.8")
  end)

  it("hides the values of cookies, not their names", function()
    check.equal(debugging.mask_header("Cookie", "a=1; sid=x=y"), "a=***; sid=***")
    check.equal(debugging.mask_header("set-cookie", "sid=abc; Path=/; HttpOnly"), "sid=***; Path=/; HttpOnly")
    check.equal(debugging.mask_header("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2; P=1"),
                "a=***; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=***; P=1")
  end)

  it("hides fields of forms", function()
    check.equal(debugging.mask_body("user=u&password=x%20y&n=1"), "user=u&password=***&n=1")
    check.equal(debugging.mask_body("user%5Bpassword%5D=x"), "user%5Bpassword%5D=***")
    check.equal(debugging.mask_body("user=u"), "user=u")
  end)

  it("hides fields of JSON", function()
    check.equal(debugging.mask_body('{"user": "u", "password": "a\\"b", "token": 77, "pin" : true}'),
                '{"user": "u", "password": "***", "token": "***", "pin" : "***"}')
    check.equal(debugging.mask_body('[{"tokens": {"access_token": "x"}, "list": ["token"]}]'),
                '[{"tokens": {"access_token": "***"}, "list": ["token"]}]')
    check.equal(debugging.mask_body('{"secret": "open'), '{"secret": "***"')
    check.equal(debugging.mask_body('{"password"'), '{"password"')
  end)

  it("hides them in JSON within JSON, and in forms within it", function()
    check.equal(debugging.mask_body([[{"body": "{\"user\": \"u\", \"password\": \"a\\\"b\"}"}]]),
                [[{"body": "{\"user\": \"u\", \"password\": \"***\"}"}]])
    check.equal(debugging.mask_body('{"body": "password=xyz"}'), '{"body": "password=***"}')
  end)

  it("shows what a script counts by itself", function()
    local e = { request_type = "RPC", name = "add?token=x", response_time = 3, response_length = 7 }
    check.equal(debugging.exchange(e),
                "  3.0 ms, 7 bytes\n  counted as RPC add?token=***, a success\n\n")
    check.equal(debugging.exchange { request_type = "RPC", name = "add", exception = "late" },
                "  0 bytes\n  counted as RPC add, failed: late\n\n")
  end)
end)
