//! What only mini programs tell. Names are OpenTelemetry's where it has one, else the platforms' own
//! in snake_case.

use crate::field::{Address, Millis, Number, Text};
use crate::record::record;

record! {
    /// A mini program was opened, or came back from the background.
    pub struct AppLaunch {
        /// cold: it was started; warm: it was still in memory.
        1 => r#type: Text<16> = "app.launch.type",
        /// The page that it was opened with: its path, without query.
        2 => path: Address<1024> = "app.launch.path",
        /// The platform's number of the place that it was opened from, e.g. 1001.
        3 => scene: Text<16> = "app.launch.scene",
        /// From its start until its first page is there, as the platform measures it.
        4 => duration: Millis = "duration_ms",
        /// Version of the platform's base library.
        5 => base_library: Text<32> = "miniprogram.base_library.version",
        /// Version of the application that the mini program runs in.
        6 => host_version: Text<32> = "miniprogram.host.version",
        /// The device's model, as the platform calls it.
        7 => device_model: Text<64> = "device.model.identifier",
        /// The operating system's name.
        8 => os_name: Text<32> = "os.name",
        /// The operating system's version.
        9 => os_version: Text<32> = "os.version",
        /// The platform's own mark for the speed of the device, from 0 (slow) up.
        10 => benchmark_level: Number = "device.benchmark_level",
        /// How the device is connected: wifi, 2g to 5g, none, unknown.
        11 => connection: Text<16> = "network.connection.type",
        /// Preferred language of the platform.
        12 => language: Text<35> = "browser.language",
        /// Width of the window in pixels of the platform.
        13 => viewport_width: u64 = "viewport.width",
        /// Height of the window in pixels of the platform.
        14 => viewport_height: u64 = "viewport.height",
    }
}

record! {
    /// A page of a mini program is there: from the wish for it to its first render. Offsets count from
    /// the event's time, the beginning of the route.
    pub struct PageLoad {
        /// The platform's own word for how: appLaunch, navigateTo, redirectTo, reLaunch, switchTab, navigateBack.
        1 => navigation_type: Text<32> = "navigation.type",
        /// Until the page's first render has ended (onReady).
        2 => duration: Millis = "duration_ms",
        /// The platform's work for the route, as it measures it.
        3 => route_duration: Millis = "route.duration_ms",
        /// The page's own onLoad.
        4 => on_load_duration: Millis = "page.on_load.duration_ms",
        /// The first render, as the platform measures it.
        5 => first_render_duration: Millis = "first_render.duration_ms",
        /// The scripts of the page's view are there.
        6 => view_layer_ready: Millis = "view_layer_ready",
        /// The page's first data left the logic layer.
        7 => init_data_send: Millis = "init_data_send",
        /// The page's first data came to the view layer.
        8 => init_data_receive: Millis = "init_data_receive",
        /// The first render began.
        9 => render_start: Millis = "view_layer_render_start",
        /// The first render ended.
        10 => render_end: Millis = "view_layer_render_end",
    }
}

record! {
    /// Code of a mini program: a package that was downloaded, or scripts that were run.
    pub struct CodeLoad {
        /// downloadPackage or evaluateScript.
        1 => r#type: Text<32> = "code.load.type",
        /// Name of the package; the main one as the platform calls it, e.g. __APP__.
        2 => package: Text<128> = "package.name",
        /// How long it took.
        3 => duration: Millis = "duration_ms",
        /// Bytes of the package.
        4 => package_size: u64 = "package.size",
        /// How many scripts ran.
        5 => scripts: u64 = "script.count",
    }
}

record! {
    /// Updates of a page's or component's data (setData): what they cost, never what they hold.
    pub struct DataUpdate {
        /// Path of the page or component.
        1 => component: Text<128> = "component.path",
        /// How many.
        2 => count: u64 = "count",
        /// The longest: from setData until the view shows it.
        3 => duration: Millis = "duration_ms",
        /// The sum of all.
        4 => duration_sum: Millis = "duration_sum_ms",
        /// Of the longest: until the update began.
        5 => wait: Millis = "wait_ms",
        /// Of the longest: the paths of the data that were set, separated by a space, without indices and what looks personal.
        6 => paths: Text<512> = "data.paths",
        /// How many were done together with another.
        7 => merged: u64 = "merged_count",
    }
}

record! {
    /// The system warns that memory runs short.
    pub struct MemoryWarning {
        /// Android's level: 5 moderate, 10 low, 15 critical; absent on iOS.
        1 => level: u64 = "memory.warning.level",
    }
}

record! {
    /// The network has changed.
    pub struct NetworkChange {
        /// How the device is connected from now on: wifi, 2g to 5g, none, unknown.
        1 => r#type: Text<16> = "network.connection.type",
        /// online, offline; weak, strong: where the platform judges its quality.
        2 => state: Text<16> = "network.connection.state",
    }
}
