//! nginx: one that answers 204 and keeps nothing, and one that adds each beacon to Redis in Lua.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Running, free_port};
use crate::bench::ingest::cores::{SERVER_CORE, on_core};

/// Debian's module, whose library is found by its package.
const LUA_MODULES: [&str; 2] =
    ["/usr/lib/nginx/modules/ndk_http_module.so", "/usr/lib/nginx/modules/ngx_http_lua_module.so"];

/// Starts nginx; with `redis_port` it writes there before it answers.
pub(super) fn start(
    program: &Path,
    redis_port: Option<u16>,
    folder: &Path,
) -> Result<(Running, String)> {
    let port = free_port()?;
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(port, redis_port, folder))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = on_core(SERVER_CORE, program);
    command.arg("-p").arg(folder).arg("-c").arg(&file);
    let mut running = Running::start("nginx", &mut command, folder)?;
    running.wait_for_port(port)?;
    Ok((running, format!("http://127.0.0.1:{port}/v1/beacon")))
}

fn configuration(port: u16, redis_port: Option<u16>, folder: &Path) -> String {
    let folder = folder.display();
    let modules = LUA_MODULES.map(|module| format!("load_module {module};\n")).concat();
    let (modules, content) = match redis_port {
        // An empty body is what it answers with; nginx reads and drops what was sent.
        None => (String::new(), "return 204;".to_owned()),
        Some(redis) => (modules, lua(redis)),
    };
    format!(
        "{modules}daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\n\
         events {{ worker_connections 4096; }}\nhttp {{\n  access_log off;\n  \
         client_body_temp_path {folder}/body;\n  keepalive_requests 1000000000;\n  \
         client_body_buffer_size 64k;\n  server {{\n    listen 127.0.0.1:{port};\n    \
         location /v1/beacon {{ {content} }}\n  }}\n}}\n"
    )
}

/// Speaks RESP by itself: Debian has no client for it, and this is all that one would do.
fn lua(redis_port: u16) -> String {
    format!(
        r#"content_by_lua_block {{
      ngx.req.read_body()
      local body = ngx.req.get_body_data() or ""
      local redis = ngx.socket.tcp()
      assert(redis:connect("127.0.0.1", {redis_port}))
      assert(redis:send({{"*5\r\n$4\r\nXADD\r\n$14\r\ndna:{{0}}:events\r\n$1\r\n*\r\n$1\r\ne\r\n$",
        #body, "\r\n", body, "\r\n"}}))
      local line = assert(redis:receive())
      if line:sub(1, 1) ~= "$" then return ngx.exit(503) end
      assert(redis:receive(tonumber(line:sub(2)) + 2))
      assert(redis:setkeepalive(10000, 512))
      ngx.status = 204
    }}"#
    )
}
