import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 24:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 401:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Dn: () => (/* binding */ writeVm),
/* harmony export */   aq: () => (/* binding */ files)
/* harmony export */ });
/* unused harmony export readVm */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);


/** Names inside a VM's state folder. */
const files = {
    state: 'vm.json',
    console: 'console.log',
    socket: 'supervisor.sock',
    qmp: 'qmp.sock',
    sshConfig: 'ssh_config',
    identity: 'id_ed25519',
    hostKey: 'host_ed25519',
    knownHosts: 'known_hosts',
    overlay: 'overlay.qcow2',
    firmwareVars: 'firmware-vars.fd',
    plan: 'plan.json',
    supervisorLog: 'supervisor.log',
};
/**
 * The state of the VM in `folder`.
 * @throws {Error} ENOENT or a SyntaxError when there is no VM in it
 */
function readVm(folder) {
    return JSON.parse(readFileSync(path.join(folder, files.state), 'utf8'));
}
/** Replaces vm.json in one step, so that a reader never sees half of it. */
function writeVm(folder, state) {
    const target = node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, files.state);
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(`${target}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.renameSync)(`${target}.new`, target);
}


/***/ }),

/***/ 774:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _state_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(401);
/* harmony import */ var _supervisor_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(39);




// Relative names keep sockets within the 107 bytes a socket's path may have, wherever the state folder lies.
const folder = process.argv[2] ?? '';
process.chdir(folder);
const plan = JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, _state_js__WEBPACK_IMPORTED_MODULE_2__/* .files */ .aq.plan), 'utf8'));
const supervisor = new _supervisor_js__WEBPACK_IMPORTED_MODULE_3__/* .Supervisor */ .D(folder, plan);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
        supervisor.stop();
    });
}
await supervisor.run();
process.exit(0);

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 39:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  D: () => (/* binding */ Supervisor)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(760);
;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: ./.local/compiled/src/runtime/errors.js
/** The kinds of failure a VM or its host can have; the same words in errors, reports, vm.json and tests. */
const failureClasses = (/* unused pure expression or super */ null && ([
    'firmware',
    'bootloader',
    'kernel-panic',
    'emergency-mode',
    'boot-loop',
    'boot-timeout',
    'ssh-timeout',
    'ssh-auth',
    'host-key',
    'qemu-exit',
    'qemu-frozen',
    'guest-oom',
    'unit-failed',
    'acceleration',
    'port',
    'disk-full',
    'image-corrupt',
    'missing-tool',
    'lifetime',
]));
/** A failure of the VM or of the host beneath it, by class. */
class errors_Failure extends Error {
    name = 'Failure';
    class;
    stage;
    evidence;
    advice;
    constructor(report) {
        super(report.message);
        this.class = report.class;
        this.evidence = report.evidence ?? [];
        if (report.stage !== undefined)
            this.stage = report.stage;
        if (report.advice !== undefined)
            this.advice = report.advice;
    }
    toReport() {
        const { message, stage, evidence, advice } = this;
        return {
            class: this.class,
            message,
            ...(stage !== undefined && { stage }),
            evidence,
            ...(advice !== undefined && { advice }),
        };
    }
}
/** A wrong input: says which, what was given and what is allowed. Raised before anything is started. */
class errors_InputError extends Error {
    input;
    value;
    allowed;
    name = 'InputError';
    constructor(input, value, allowed) {
        super(`Input ${input}: ${JSON.stringify(value)} is not valid; allowed: ${allowed}`);
        this.input = input;
        this.value = value;
        this.allowed = allowed;
    }
}
/** Any other problem whose message says all a user needs; shown without a stack trace. */
class errors_UserError extends (/* unused pure expression or super */ null && (Error)) {
    name = 'UserError';
}

;// CONCATENATED MODULE: ./.local/compiled/src/ssh/config.js
/** The name by which the configuration knows the guest: `ssh -F ssh_config guest`. */
const config_alias = 'guest';
/**
 * An OpenSSH client configuration for one guest. It reads and writes nothing under ~/.ssh.
 * A connection through which nothing comes back for a minute is given up; an emulated guest under load can be silent
 * for tens of seconds. Source: ssh_config(5).
 */
function sshConfig(access, pinned) {
    const options = [
        ['HostName', access.host],
        ['Port', access.port],
        ['User', access.user],
        ['IdentityFile', quoted(access.identityFile)],
        ['IdentitiesOnly', 'yes'],
        ['IdentityAgent', 'none'],
        ['PreferredAuthentications', 'publickey'],
        ['HostKeyAlias', config_alias],
        ['UserKnownHostsFile', quoted(access.knownHostsFile)],
        ['GlobalKnownHostsFile', '/dev/null'],
        ['StrictHostKeyChecking', pinned ? 'yes' : 'accept-new'],
        ['UpdateHostKeys', 'no'],
        ['BatchMode', 'yes'],
        ['ConnectTimeout', 60],
        ['ServerAliveInterval', 10],
        ['ServerAliveCountMax', 6],
        ['ForwardAgent', 'no'],
        ['LogLevel', 'ERROR'],
    ];
    return [`Host ${config_alias}`, ...options.map(([name, value]) => `  ${name} ${value}`), ''].join('\n');
}
/** Within double quotes OpenSSH takes spaces; a literal % must be doubled, for it expands tokens. */
function quoted(file) {
    return `"${file.replaceAll('%', '%%')}"`;
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/credentials.js


/** The names systemd takes: no path separators, and a file name's length. Source: systemd src/shared/creds-util.c. */
const credentialName = /^(?!\.{1,2}$)[\w.@:+-]{1,255}$/;
/**
 * The SMBIOS type 11 string that hands a guest's systemd (252 or newer) a credential.
 * Source: systemd.system-credentials(7), io.systemd.credential.binary.
 */
function smbiosString(name, value) {
    return `io.systemd.credential.binary:${name}=${Buffer.from(value).toString('base64')}`;
}
const prefix = 'credential-';
/** Whether a name in a VM's state folder is that of a credential's file. */
function isCredentialFile(name) {
    return name.startsWith(prefix);
}
/** Writes each credential to a file of its own, readable by this user alone, and gives the files' names. */
function writeCredentials(folder, credentials) {
    return Object.entries(credentials).map(([name, value], index) => {
        const file = `${prefix}${index}`;
        writeFileSync(path.join(folder, file), smbiosString(name, value), { mode: 0o600 });
        return file;
    });
}

// EXTERNAL MODULE: ./.local/compiled/src/vm/state.js
var state = __nccwpck_require__(401);
;// CONCATENATED MODULE: ./.local/compiled/src/vm/clear.js




const spent = [state/* files */.aq.overlay, state/* files */.aq.firmwareVars, state/* files */.aq.hostKey, state/* files */.aq.qmp];
/** Leaves of a VM that has ended what tells of it, and nothing that costs space or could open a door. */
function clear(folder) {
    for (const name of (0,external_node_fs_.readdirSync)(folder)) {
        if (spent.includes(name) || isCredentialFile(name))
            (0,external_node_fs_.rmSync)(external_node_path_.join(folder, name), { force: true });
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/runtime/inert.js
/**
 * Everything a guest prints, names or archives passes through here before it reaches a log, a summary or a report.
 *
 * The runner reads commands out of a step's output: `::name::` after leading white space, and `##[name]` anywhere
 * in a line, where a line may also end at a lone carriage return. So the text is first normalised to one visible
 * line, and only then are the two forms broken: a clean-up after that could turn a harmless line into a live one.
 * Source: actions/runner src/Runner.Common/ActionCommand.cs (TryParseV2, TryParse).
 */
const named = { '\t': '\t', '\r': '\\r', '\n': '\\n', '\u001b': '\\e' };
/* C0 and C1 controls, line and paragraph separators, bidirectional overrides, zero-width characters, the byte order mark. */
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
/** One line of text in which every control or invisible character is spelled out; tabs stay. */
function visible(text) {
    return text.replace(unseen, (character) => {
        const name = named[character];
        if (name !== undefined)
            return name;
        const code = character.charCodeAt(0);
        return code < 0x100
            ? `\\x${code.toString(16).padStart(2, '0')}`
            : `\\u${code.toString(16).padStart(4, '0')}`;
    });
}
/** One line that is safe to print in a job log: visible, and without a workflow command in it. */
function inert(text) {
    return visible(text)
        .replaceAll('##[', '#\\#[')
        .replace(/^(\s*):(?=:)/u, '$1\\:');
}
/** Text of many lines for a job log, one inert line each. CRLF ends a line as LF does. */
function inertLines(text) {
    const lines = text.split(/\r*\n/);
    if (lines.at(-1) === '')
        lines.pop();
    return lines.map(inert);
}
/* ANSI CSI, OSC and two-character escape sequences (ECMA-48). */
// eslint-disable-next-line no-control-regex
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Text without terminal colours and cursor movements. Apply before `inert`, never after it. */
function withoutAnsi(text) {
    return text.replace(ansi, '');
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/console.js


/** Characters of one console line that are looked at; a guest may print without ever ending a line. */
const lineLimit = 4096;
/** The smallest limit of a log: each half holds the longest line, whose characters may be spelled with six each. */
const smallestConsole = (/* unused pure expression or super */ null && (2 ** 16));
/** Lines kept in memory for the evidence of a failure. */
const tailLines = 60;
/**
 * A guest's serial console: each line with its time, in a log on disk that never grows beyond `limit` bytes. When half
 * of that is reached the log becomes `<log>.1`, in place of the one before, so that the latest lines are always there.
 */
class ConsoleLog {
    file;
    limit;
    onLine;
    elapsed;
    descriptor;
    size = 0;
    partial = '';
    unwritten = '';
    recent = [];
    constructor(file, limit, onLine, elapsed) {
        this.file = file;
        this.limit = limit;
        this.onLine = onLine;
        this.elapsed = elapsed;
        this.descriptor = (0,external_node_fs_.openSync)(file, 'w', 0o600);
    }
    /** Takes what the guest printed. */
    add(chunk) {
        const pieces = (this.partial + chunk).split('\n');
        this.partial = this.wholeParts(pieces.pop() ?? '');
        for (const piece of pieces)
            this.line(this.wholeParts(piece));
        this.flush();
    }
    /** The last lines, the unfinished one too. */
    tail() {
        return this.partial === '' ? [...this.recent] : [...this.recent, clean(this.partial)];
    }
    /** The line the guest has not ended yet, such as a prompt. */
    unfinished() {
        return clean(this.partial);
    }
    end() {
        if (this.partial !== '')
            this.line(this.partial);
        this.partial = '';
        this.flush();
        (0,external_node_fs_.closeSync)(this.descriptor);
    }
    /** Takes what is too long for one line as lines, and gives the rest. */
    wholeParts(text) {
        let from = 0;
        for (; text.length - from > lineLimit; from += lineLimit)
            this.line(text.slice(from, from + lineLimit));
        return text.slice(from);
    }
    line(raw) {
        const text = clean(raw);
        this.recent.push(text);
        if (this.recent.length > tailLines)
            this.recent.shift();
        const entry = `[${this.elapsed().toFixed(3).padStart(9)}] ${text}\n`;
        const bytes = Buffer.byteLength(entry);
        if (this.size + bytes > this.limit / 2)
            this.rotate();
        this.size += bytes;
        this.unwritten += entry;
        this.onLine(text);
    }
    rotate() {
        this.flush();
        (0,external_node_fs_.closeSync)(this.descriptor);
        (0,external_node_fs_.renameSync)(this.file, rotated(this.file));
        this.descriptor = (0,external_node_fs_.openSync)(this.file, 'w', 0o600);
        this.size = 0;
    }
    flush() {
        if (this.unwritten !== '')
            (0,external_node_fs_.writeFileSync)(this.descriptor, this.unwritten);
        this.unwritten = '';
    }
}
/** The last `count` lines of a console log on disk, across its rotation. */
function consoleTail(file, count) {
    const lines = [rotated(file), file].flatMap((part) => existsSync(part) ? readFileSync(part, 'utf8').split('\n').slice(0, -1) : []);
    return lines.slice(-count);
}
function rotated(file) {
    return `${file}.1`;
}
function clean(raw) {
    return visible(withoutAnsi(raw.replace(/\r+$/, '')));
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/forwards.js
/** Asks QEMU which ports it picked where it was free to. The human monitor is the only place it tells. */
async function boundPorts(qmp, asked) {
    return portsIn(String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' })), asked);
}
/**
 * Reads `info usernet`: protocol and state, descriptor, source address and port, destination address and port, queues.
 * @throws {Error} when a port that was asked for is not in it
 */
function portsIn(table, { sshPort, forward }) {
    const fixed = new Set([sshPort, ...forward.map(({ host }) => host)]);
    const rows = table.matchAll(/^\s*TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s/gm);
    const picked = Array.from(rows, ([, host, guest]) => ({ host: Number(host), guest: Number(guest) })).filter(({ host }) => !fixed.has(host));
    const bound = ({ host, guest }) => {
        if (host !== 0)
            return { host, guest };
        const index = picked.findIndex((port) => port.guest === guest);
        const [found] = index < 0 ? [] : picked.splice(index, 1);
        if (found === undefined)
            throw new Error(`QEMU forwards no port to ${guest}:\n${table}`);
        return found;
    };
    return { ssh: bound({ host: sshPort, guest: 22 }).host, forward: forward.map(bound) };
}

;// CONCATENATED MODULE: external "node:readline"
const external_node_readline_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:readline");
;// CONCATENATED MODULE: ./.local/compiled/src/vm/qmp.js

const hungUp = 'QEMU closed its QMP connection';
/** A QEMU Machine Protocol connection. Source: QEMU docs/interop/qmp-spec.txt. */
class Qmp {
    stream;
    next = 1;
    closed = false;
    waiting = new Map();
    constructor(stream, onEvent) {
        this.stream = stream;
        const lines = (0,external_node_readline_namespaceObject.createInterface)({ input: stream });
        lines.on('line', (line) => {
            const message = JSON.parse(line);
            if (message.event !== undefined)
                onEvent(message);
            else if (message.id !== undefined)
                this.settle(message.id, message);
        });
        const gone = () => {
            this.closed = true;
            for (const { reject } of this.waiting.values())
                reject(new Error(hungUp));
            this.waiting.clear();
        };
        lines.on('close', gone);
        // readline passes a lost connection on as an error of its own.
        for (const emitter of [stream, lines])
            emitter.on('error', gone);
    }
    /** Takes QEMU out of its negotiation mode; QEMU greets by itself. */
    static async open(stream, onEvent) {
        const qmp = new Qmp(stream, onEvent);
        await qmp.execute('qmp_capabilities');
        return qmp;
    }
    /** @throws {Error} with QEMU's own words when it refuses, or when QEMU ends */
    execute(command, args) {
        if (this.closed)
            return Promise.reject(new Error(hungUp));
        const id = this.next++;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject });
            this.stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`);
        });
    }
    settle(id, reply) {
        const waiter = this.waiting.get(id);
        this.waiting.delete(id);
        if (reply.error)
            waiter?.reject(new Error(`QEMU: ${reply.error.desc}`));
        else
            waiter?.resolve(reply.return);
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/stages.js
/** The stages of a boot, in order; boot-timings has the seconds at which each was first seen. */
const stages = (/* unused pure expression or super */ null && (['firmware', 'bootloader', 'kernel', 'initrd', 'systemd', 'sshd', 'ready']));
const stageSigns = [
    {
        stage: 'bootloader',
        pattern: /BdsDxe: starting Boot/,
        source: 'edk2 MdeModulePkg/Universal/BdsDxe',
        example: 'BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0)',
    },
    {
        stage: 'bootloader',
        pattern: /Booting from Hard Disk/,
        source: 'SeaBIOS src/boot.c',
        example: 'Booting from Hard Disk...',
    },
    {
        stage: 'kernel',
        pattern: /EFI stub: /,
        source: 'Linux drivers/firmware/efi/libstub',
        example: 'EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path',
    },
    {
        stage: 'kernel',
        pattern: /\] Linux version \d/,
        source: 'Linux init/main.c',
        example: '[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)',
    },
    {
        stage: 'initrd',
        pattern: /^Loading, please wait\.\.\./,
        source: 'initramfs-tools init',
        example: 'Loading, please wait...',
    },
    {
        stage: 'initrd',
        pattern: /\] Run \/init as init process/,
        source: 'Linux init/main.c',
        example: '[    1.234567] Run /init as init process',
    },
    {
        stage: 'systemd',
        pattern: /systemd\[1\]: systemd \S+ running in system mode/,
        source: 'systemd src/core/main.c',
        example: '[    9.012345] systemd[1]: systemd 252.38-1~deb12u1 running in system mode (+PAM)',
    },
    {
        stage: 'systemd',
        pattern: /^Welcome to \S/,
        source: 'systemd src/core/main.c',
        example: 'Welcome to Debian GNU/Linux 12 (bookworm)!',
    },
];
/** The stage a console line shows to have begun, if any. */
function stageOf(line) {
    return stageSigns.find(({ pattern }) => pattern.test(line))?.stage;
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: ./.local/compiled/src/vm/vsock.js



/** CIDs 0 to 2 and the largest 32-bit number mean the hypervisor, loopback, the host and any. Source: vsock(7). */
const firstCid = 3;
const lastCid = 2 ** 32 - 2;
/** A CID that is likely to be free; only QEMU's attempt to take it tells. */
function anyCid() {
    return (0,external_node_crypto_namespaceObject.randomInt)(firstCid, lastCid + 1);
}
/**
 * The CID to begin with; null for none.
 * @throws {InputError} when a number was asked for and the host has no vhost-vsock that this user may use
 */
function settleVsock(choice, device = '/dev/vhost-vsock') {
    if (choice === 'off')
        return null;
    const usable = canUse(device);
    if (choice === 'auto')
        return usable ? anyCid() : null;
    if (usable)
        return choice;
    throw new InputError('vsock', String(choice), `auto or off, as this user cannot open ${device} (modprobe vhost_vsock)`);
}
function canUse(device) {
    try {
        accessSync(device, constants.R_OK | constants.W_OK);
        return true;
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/heart.js



/** Milliseconds between looks at whether QEMU still moves, and without an answer from it until it counts as frozen. */
const heartbeat = 1000;
const frozenAfter = 15_000;
/** Watches a QEMU, which neither ends nor says a word when it has been stopped or hangs. Undefined after `signal`. */
async function untilFrozen(pid, qmp, signal) {
    let answered = performance.now();
    let asked = false;
    let stoppedBefore = false;
    while (!signal.aborted) {
        await (0,promises_namespaceObject.setTimeout)(heartbeat, undefined, { ref: false });
        const stopped = isStopped(pid);
        if ((stopped && stoppedBefore) || performance.now() - answered > frozenAfter) {
            const message = stopped ? 'QEMU has been stopped by a signal' : 'QEMU no longer answers';
            return new errors_Failure({ class: 'qemu-frozen', message });
        }
        stoppedBefore = stopped;
        if (asked)
            continue;
        asked = true;
        qmp.execute('query-status').then(() => {
            answered = performance.now();
            asked = false;
        }, () => undefined);
    }
    return undefined;
}
/** True when a process has been stopped by a signal. Source: proc(5), /proc/pid/stat, the field after the name. */
function isStopped(pid) {
    try {
        const stat = (0,external_node_fs_.readFileSync)(`/proc/${pid}/stat`, 'latin1');
        return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/failures.js
const rootAdvice = 'Look at the lines above it: a missing root file system, init or driver is the usual cause.';
const failureSigns = [
    {
        class: 'kernel-panic',
        pattern: /Kernel panic - not syncing/,
        message: 'the kernel panicked',
        advice: rootAdvice,
        source: 'Linux kernel/panic.c',
        example: '[    2.345678] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    },
    {
        class: 'kernel-panic',
        pattern: /\] (?:BUG: unable to handle|BUG: kernel NULL pointer|kernel BUG at |Oops: |general protection fault[,:])/,
        message: 'the kernel oopsed',
        advice: 'The trace in the console log names the function; a module built for another kernel is a usual cause.',
        source: 'Linux arch/x86/mm/fault.c, arch/x86/kernel/traps.c, lib/bug.c',
        example: '[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000000',
    },
    {
        class: 'emergency-mode',
        pattern: /You are in (?:emergency|rescue) mode|Cannot open access to console, the root account is locked/,
        message: 'systemd gave up and entered emergency mode',
        advice: 'A mount of /etc/fstab that failed is the usual cause; the console log names the unit.',
        source: 'systemd units/emergency.service.in, util-linux sulogin',
        example: 'You are in emergency mode. After logging in, type "journalctl -xb" to view',
    },
    {
        class: 'emergency-mode',
        pattern: /^\(initramfs\)|ALERT! .+ does not exist\. +Dropping to a shell|Entering emergency mode\. Exit the shell/,
        message: 'the initrd did not find the root file system and opened a shell',
        advice: 'Compare root= on the kernel command line with the partitions of the image.',
        source: 'initramfs-tools scripts/local, dracut',
        example: 'ALERT!  PARTLABEL=A_root does not exist.  Dropping to a shell!',
    },
    {
        class: 'bootloader',
        pattern: /BdsDxe: No bootable option or device was found|No bootable device\.|UEFI Interactive Shell v/,
        message: 'the firmware found nothing to boot',
        advice: 'The image needs an EFI system partition with EFI/BOOT/BOOTX64.EFI, or firmware: bios.',
        source: 'edk2 BdsDxe and ShellPkg, SeaBIOS src/boot.c',
        example: 'BdsDxe: No bootable option or device was found.',
    },
    {
        class: 'bootloader',
        pattern: /^(?:grub rescue>|error: (?:no such (?:partition|device)|unknown filesystem))/,
        message: 'the boot loader found no system to start',
        advice: 'Compare the boot entries of the image with its partitions.',
        source: 'GRUB grub-core/kern',
        example: 'error: no such partition.',
    },
    {
        class: 'guest-oom',
        pattern: /\] Out of memory: Killed process/,
        message: 'the guest ran out of memory while booting',
        advice: 'Give it more with the input memory.',
        source: 'Linux mm/oom_kill.c',
        example: '[   33.123456] Out of memory: Killed process 412 (replica) total-vm:4096kB',
        whileBooting: true,
    },
    {
        class: 'image-corrupt',
        pattern: /\] (?:EXT4-fs error|EXT4-fs \(\S+\): (?:no journal found|bad geometry)|I\/O error, dev vd)/,
        message: 'the guest could not read its disk',
        advice: 'Build the image again; if it persists, look at the disk of the host.',
        source: 'Linux fs/ext4/super.c, block/blk-core.c',
        example: '[    4.567890] EXT4-fs error (device vda2): ext4_lookup:1855: inode #2: comm systemd: bad extra_isize',
        whileBooting: true,
    },
];
/** The sign of failure in a console line, if it holds one. */
function failureIn(line, booting) {
    return failureSigns.find((sign) => (booting || sign.whileBooting !== true) && sign.pattern.test(line));
}

;// CONCATENATED MODULE: ./.local/compiled/src/runtime/units.js
const sizeFactors = {
    '': 1,
    K: 2 ** 10,
    M: 2 ** 20,
    G: 2 ** 30,
    T: 2 ** 40,
};
const durationFactors = { ms: 1, s: 1e3, m: 60e3, h: 3600e3 };
const sizeForm = 'a size such as 512MiB, 4G or 1.5G (K, M, G, T; powers of 1024)';
const durationForm = 'a duration such as 90s, 5m or 1h30m';
/** Bytes in a size such as `4G`, `4GiB` or `512M`; undefined if it is not one. Units are powers of 1024, as in QEMU. */
function parseSize(text) {
    const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
    if (!match)
        return undefined;
    const bytes = Number(match[1]) * (sizeFactors[(match[2] ?? '').toUpperCase()] ?? 1);
    return Number.isSafeInteger(bytes) ? bytes : undefined;
}
/** Milliseconds in a duration such as `90s`, `1.5m` or `1h30m`; undefined if it is not one. */
function parseDuration(text) {
    const parts = text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gy);
    let length = 0;
    let milliseconds = 0;
    for (const [part, number, unit] of parts) {
        length += part.length;
        milliseconds += Number(number) * (durationFactors[unit ?? ''] ?? NaN);
    }
    return length > 0 && length === text.trim().length ? Math.round(milliseconds) : undefined;
}
/** `1.4 GiB`, `512 MiB`, `17 B`: for people. */
function formatSize(bytes) {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    return `${unit === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
/** `0.12 s`, `9.3 s`, `4 m 05 s`: for people. */
function units_formatDuration(milliseconds) {
    const seconds = milliseconds / 1000;
    if (seconds < 1)
        return `${seconds.toFixed(2)} s`;
    if (seconds < 99.95)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/verdict.js


/** What QEMU's own last words mean. Source of the phrases: QEMU net/slirp.c, hw/virtio/vhost-vsock.c, block/. */
const complaints = [
    {
        pattern: /Could not set up host forwarding rule/,
        class: 'port',
        message: 'a host port that the VM is to have is taken',
        advice: 'Leave ssh-port at auto, and pick other host ports in forward.',
    },
    {
        pattern: /No space left on device/,
        class: 'disk-full',
        message: 'the host has no space left for the VM',
    },
    {
        pattern: /cannot set up guest memory|Cannot allocate memory/,
        class: 'qemu-exit',
        message: 'the host has too little memory for the VM',
        advice: 'Lower the input memory, or run fewer VMs at once.',
    },
    {
        pattern: /(?:could not load|failed to load).*(?:firmware|bios|rom)/i,
        class: 'firmware',
        message: 'QEMU could not load the firmware',
    },
    {
        pattern: /setpriv: .*No such file/,
        class: 'missing-tool',
        message: 'qemu-system-x86_64 is not installed on this machine',
        advice: 'On Debian or Ubuntu: sudo apt-get install qemu-system-x86',
    },
    {
        pattern: /\bKVM\b|\bkvm[_:]|kvm\.c/,
        class: 'acceleration',
        message: 'QEMU could not run the guest under KVM',
    },
];
/** QEMU's words for a CID that another VM of this host has. Source: QEMU hw/virtio/vhost-vsock.c, EADDRINUSE. */
const vsockCidTaken = /vhost-vsock: unable to set guest cid: Address already in use/;
/** Why QEMU ended though nobody asked it to. */
function complaintFailure(complaint, how) {
    const known = complaints.find(({ pattern }) => pattern.test(complaint));
    const last = complaint.split('\n').at(-1) ?? '';
    return new errors_Failure({
        class: known?.class ?? 'qemu-exit',
        message: `${known?.message ?? 'QEMU ended, and the VM with it'} (${[how, last].filter(Boolean).join(': ')})`,
        ...(known?.advice !== undefined && { advice: known.advice }),
        evidence: complaint === '' ? [] : complaint.split('\n'),
    });
}
/** What it means that a guest was not ready in time, by how far it came. */
function bootDeadlineFailure(timeout, stage, attempt) {
    const limit = units_formatDuration(timeout);
    if (attempt?.kind === 'auth') {
        return new errors_Failure({
            class: 'ssh-auth',
            message: `the guest refused the SSH key for ${limit}: ${attempt.stderr.trim()}`,
            advice: 'The key reaches the guest as the systemd credential ssh.authorized_keys.<user>; an image that does not take it needs ssh-key.',
        });
    }
    if (stage === 'sshd' || stage === 'systemd') {
        return new errors_Failure({
            class: 'ssh-timeout',
            message: stage === 'sshd'
                ? `sshd answered but no command ran within ${limit}: ${attempt?.stderr.trim() ?? ''}`
                : `the guest started its services but sshd did not answer within ${limit}`,
            advice: 'See in the console log whether ssh.service and the network came up.',
        });
    }
    return new errors_Failure({
        class: 'boot-timeout',
        message: `the guest was not ready within ${limit}`,
        advice: 'If it only needs longer, raise the input timeout; an emulated guest (tcg) takes about ten times as long.',
    });
}
/** What QEMU's own word about the guest or its disk means. Source: QEMU qapi/run-state.json, qapi/block-core.json. */
function eventFailure({ event, data }, folder) {
    switch (event) {
        case 'GUEST_PANICKED':
            return new errors_Failure({ class: 'kernel-panic', message: 'the kernel panicked (pvpanic)' });
        case 'SHUTDOWN':
            if (data?.guest !== true)
                return undefined;
            return new errors_Failure({ class: 'qemu-exit', message: 'the guest switched itself off' });
        case 'BLOCK_IO_ERROR':
            if (data?.nospace === true)
                return diskFull(folder);
            return new errors_Failure({ class: 'image-corrupt', message: `QEMU: ${String(data?.reason)}` });
        case 'BLOCK_IMAGE_CORRUPTED':
            return new errors_Failure({ class: 'image-corrupt', message: `QEMU: ${String(data?.msg)}` });
        default:
            return undefined;
    }
}
/** What it means that the supervisor itself could not go on. */
function hostFailure(error) {
    if (error instanceof errors_Failure)
        return error;
    if (error.code === 'ENOSPC')
        return diskFull('the VM');
    return new errors_Failure({ class: 'qemu-exit', message: `the VM could not be watched: ${String(error)}` });
}
function diskFull(where) {
    return new errors_Failure({
        class: 'disk-full',
        message: 'the host has no space left for the VM',
        advice: `Free space where ${where} lies.`,
    });
}
function bootLoop(resets) {
    return new errors_Failure({
        class: 'boot-loop',
        message: `the guest restarted ${resets} times without becoming ready`,
        advice: 'The lines before the last restart, in the console log, say why.',
    });
}
function brokenHostKey(stderr) {
    return new errors_Failure({
        class: 'host-key',
        message: 'the guest has another host key than the one it was given',
        advice: 'The key reaches the guest as the systemd credential ssh.hostkey.ed25519; an image that does not take it needs host-key: first-use.',
        evidence: stderr.trim().split('\n'),
    });
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/judge.js



/** Milliseconds in which a guest prints the trace that follows the line of its death. */
const lastWords = 300;
/** Resets of a guest that has not been ready, beyond which it is in a loop; three failed trials of a new slot are not. */
const resetLimit = 5;
/** Finds out that a guest is lost, by what it prints and what QEMU tells of it. */
class Judge {
    vm;
    resets = 0;
    /** A failure that is certain while its last words still come. */
    first;
    constructor(vm) {
        this.vm = vm;
    }
    /** Undefined while nothing speaks against the guest. */
    get verdict() {
        return this.first?.();
    }
    /** A line of the console, which may not have ended yet. */
    read(line) {
        const sign = this.first ? undefined : failureIn(line, this.vm.booting());
        if (!sign)
            return;
        this.condemn(() => {
            // It may have been recognised before the guest had ended the line.
            const whole = this.vm.tail().find((told) => sign.pattern.test(told)) ?? line;
            return new errors_Failure({ ...sign, evidence: [whole] });
        });
    }
    hear(event) {
        if (event.event === 'RESET') {
            this.resets += event.data?.guest === true ? 1 : 0;
            if (this.vm.booting() && this.resets >= resetLimit)
                this.vm.fail(bootLoop(this.resets));
            return;
        }
        const failure = eventFailure(event, this.vm.folder);
        if (failure)
            this.condemn(() => failure);
    }
    condemn(verdict) {
        const first = (this.first ??= verdict);
        setTimeout(() => {
            this.vm.fail(first());
        }, lastWords).unref();
    }
}

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: ./.local/compiled/src/vm/machine.js

/** The descriptor at which QEMU finds the supervisor's QMP connection; it has no path that others could race for. */
const qmpDescriptor = 3;
/**
 * The QEMU command of a VM under a supervisor: the serial console on standard output, QMP on an inherited socket.
 * A guest's panic and reboot leave QEMU running: the supervisor decides what they mean.
 */
function qemuCommand(machine) {
    return [
        ...hardware(machine),
        ...['-display', 'none'],
        ...['-chardev', 'stdio,id=console,signal=off'],
        ...['-serial', 'chardev:console'],
        ...['-chardev', `socket,id=supervisor,fd=${qmpDescriptor}`],
        ...['-mon', 'chardev=supervisor,mode=control'],
        ...['-chardev', `socket,id=qmp,path=${state/* files */.aq.qmp},server=on,wait=off`],
        ...['-mon', 'chardev=qmp,mode=control'],
        ...['-action', 'panic=none'],
        ...machine.extraArgs,
    ];
}
/** The QEMU command of the same VM for a person: console and monitor share the terminal, Ctrl-A x leaves. */
function terminalCommand(machine) {
    return [...hardware(machine), '-nographic', '-serial', 'mon:stdio', ...machine.extraArgs];
}
/**
 * What the guest sees: q35 with virtio devices, as GuestOS documents it. Without graphics SeaBIOS, too, talks on the
 * serial console.
 */
function hardware(machine) {
    return [
        'qemu-system-x86_64',
        '-no-user-config',
        '-nodefaults',
        ...['-name', 'guest,debug-threads=on'],
        ...['-machine', 'q35,smm=off,graphics=off'],
        ...accelerator(machine.accelerator),
        ...['-m', `${Math.round(machine.memory / 2 ** 20)}M`],
        ...['-smp', `cpus=${machine.cpus}`],
        ...firmware(machine.firmware),
        ...['-drive', `if=none,id=disk,file=${state/* files */.aq.overlay},format=qcow2,discard=unmap`],
        ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
        ...['-netdev', network(machine)],
        // Without its boot ROM the card costs the firmware no time.
        ...['-device', 'virtio-net-pci,netdev=net,romfile='],
        ...['-device', 'virtio-rng-pci'],
        ...['-device', 'pvpanic'],
        ...(machine.vsockCid === null ? [] : ['-device', `vhost-vsock-pci,guest-cid=${machine.vsockCid}`]),
        ...machine.smbiosFiles.flatMap((file) => ['-smbios', `type=11,path=${escaped(file)}`]),
    ];
}
/** `command` in a process that the kernel kills when its parent dies. Source: prctl(2), PR_SET_PDEATHSIG. */
function dyingWithParent(command) {
    return ['setpriv', '--pdeathsig', 'KILL', '--', ...command];
}
function accelerator(kind) {
    return kind === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max'];
}
function firmware(choice) {
    switch (choice.kind) {
        case 'bios':
            return [];
        case 'rom':
            return ['-bios', choice.file];
        case 'flash':
            return [
                ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(choice.code)}`],
                ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(choice.variables)}`],
            ];
    }
}
function network(machine) {
    const forwards = [{ host: machine.sshPort, guest: 22 }, ...machine.forward];
    return [
        'user,id=net',
        ...(machine.network === 'restricted' ? ['restrict=on'] : []),
        ...forwards.map(({ host, guest }) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`),
    ].join(',');
}
/** QEMU splits option values at commas; a doubled comma stands for one. Source: qemu(1), -drive file=. */
function escaped(file) {
    return file.replaceAll(',', ',,');
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/qemu.js


/** Starts QEMU in the working directory as a process that cannot outlive this one. */
function startQemu(machine) {
    const [program = '', ...args] = dyingWithParent(qemuCommand(machine));
    const child = (0,external_node_child_process_namespaceObject.spawn)(program, args, {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk.toString()}`.slice(-4000)));
    const ended = new Promise((resolve) => {
        child.once('error', (error) => {
            resolve(error.message);
        });
        child.once('close', (code, signal) => {
            resolve(signal === null ? `exit status ${code ?? 0}` : `ended by ${signal}`);
        });
    });
    return {
        process: child,
        pid: child.pid ?? 0,
        console: child.stdout,
        qmp: child.stdio[3],
        complaint: () => complaint.trim(),
        ended,
    };
}

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");
;// CONCATENATED MODULE: external "events"
const external_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");
;// CONCATENATED MODULE: external "assert"
const external_assert_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io-util.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open: io_util_open, readdir, rename, rm, rmdir, stat, symlink, unlink } = external_fs_namespaceObject.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_namespaceObject.constants.O_RDONLY;
function exists(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function isDirectory(fsPath_1) {
    return __awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return __awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = external_path_namespaceObject.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = external_path_namespaceObject.dirname(filePath);
                        const upperName = external_path_namespaceObject.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = external_path_namespaceObject.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io.js
var io_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield io_copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (ioUtil.IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield ioUtil.rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function io_which(tool, check) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield io_which(tool, false);
            if (!result) {
                if (IS_WINDOWS) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (IS_WINDOWS && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_namespaceObject.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (isRooted(tool)) {
            const filePath = yield tryGetExecutablePath(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_namespaceObject.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_namespaceObject.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield tryGetExecutablePath(external_path_namespaceObject.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield io_copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function io_copyFile(srcFile, destFile, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const toolrunner_IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_namespaceObject.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (toolrunner_IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_namespaceObject.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_namespaceObject.EOL.length);
                n = s.indexOf(external_os_namespaceObject.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!isRooted(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_namespaceObject.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield io_which(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_namespaceObject.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield exists(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_namespaceObject.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = tr.argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new tr.ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function exec_getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new StringDecoder('utf8');
        const stderrDecoder = new StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./.local/compiled/src/runtime/tools.js

/** How to get the tools that a stock Debian or Ubuntu machine may lack. */
const tools_packages = {
    'qemu-system-x86_64': 'qemu-system-x86',
    'qemu-img': 'qemu-utils',
    ssh: 'openssh-client',
    'ssh-keygen': 'openssh-client',
    setpriv: 'util-linux',
    flock: 'util-linux',
    mmdebstrap: 'mmdebstrap',
    mcopy: 'mtools',
    'mkfs.vfat': 'dosfstools',
    sfdisk: 'fdisk',
    mke2fs: 'e2fsprogs',
    debugfs: 'e2fsprogs',
    fakeroot: 'fakeroot',
    zstd: 'zstd',
};
/** The failure for a program this host does not have, with the package that brings it. */
function tools_missingTool(program) {
    const name = tools_packages[program];
    return new Failure({
        class: 'missing-tool',
        message: `${program} is not installed on this machine`,
        ...(name !== undefined && { advice: `On Debian or Ubuntu: sudo apt-get install ${name}` }),
    });
}

;// CONCATENATED MODULE: ./.local/compiled/src/runtime/process.js





/** A command failed: its message says the command, why, and what it printed on standard error. */
class CommandError extends Error {
    command;
    reason;
    exitCode;
    stdout;
    stderr;
    name = 'CommandError';
    constructor(command, reason, exitCode, stdout, stderr) {
        super([`${quote(command)} failed: ${reason}`, tail(stderr)].filter(Boolean).join('\n'));
        this.command = command;
        this.reason = reason;
        this.exitCode = exitCode;
        this.stdout = stdout;
        this.stderr = stderr;
    }
}
/**
 * Runs a command to its end and returns what it printed. It dies with this process.
 * @throws {CommandError} on an exit status other than 0, a signal or the time-out
 * @throws {Failure} missing-tool when the program is not there
 */
async function process_run(command, options = {}) {
    const [program = '', ...args] = command;
    const settings = {
        reject: false,
        stripFinalNewline: false,
        maxBuffer: options.limit ?? 10_000_000,
        ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.env !== undefined && { env: options.env }),
        ...(options.timeout !== undefined && { timeout: options.timeout }),
        ...(options.killAfter !== undefined && { forceKillAfterDelay: options.killAfter }),
        ...(options.signal !== undefined && { cancelSignal: options.signal }),
    };
    const result = await execa(program, args, settings);
    const { stdout, stderr } = result;
    if (!result.failed)
        return { stdout, stderr };
    if (result.code === 'ENOENT')
        throw missingTool(program);
    const reason = result.timedOut
        ? `no end after ${formatDuration(options.timeout ?? 0)}`
        : result.isCanceled
            ? 'cancelled'
            : result.isMaxBuffer
                ? 'it printed more than is allowed'
                : result.signal !== undefined
                    ? `ended by ${result.signal}`
                    : result.exitCode !== undefined
                        ? `exit status ${result.exitCode}`
                        : (result.originalMessage ?? 'it could not be started');
    throw new CommandError(command, reason, result.exitCode, stdout, stderr);
}
/**
 * Runs a command of the user's or a long build, its output live in the log as any `run:` step's.
 * @throws {CommandError} on an exit status other than 0
 */
async function runLive(command, options = {}) {
    const [program = '', ...args] = command;
    if ((await which(program)) === '')
        throw missingTool(program);
    const { exitCode, stderr } = await getExecOutput(program, args, {
        ignoreReturnCode: true,
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.env !== undefined && { env: { ...process.env, ...options.env } }),
    });
    if (exitCode !== 0)
        throw new CommandError(command, `exit status ${exitCode}`, exitCode, '', stderr);
}
/** A command as one would type it into a POSIX shell. */
function quote(command) {
    return command
        .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
        .join(' ');
}
function tail(text, lines = 20) {
    return text.trimEnd().split('\n').slice(-lines).join('\n');
}

;// CONCATENATED MODULE: ./.local/compiled/src/ssh/session.js








/** The ssh command for `remote`, over the connection at `controlPath` where one is given. */
function sshCommand(configFile, controlPath, remote) {
    return [
        'ssh',
        ...['-F', configFile],
        ...(controlPath === undefined ? [] : ['-o', `ControlPath=${controlPath}`]),
        '-T',
        config_alias,
        '--',
        remote,
    ];
}
/** The command that opens one connection for later ones to share, and says so on standard output. */
function masterCommand(configFile, controlPath) {
    return [
        'ssh',
        ...['-F', configFile],
        ...['-o', 'ControlMaster=yes'],
        ...['-o', `ControlPath=${controlPath}`],
        ...['-o', 'ControlPersist=no'],
        ...['-o', 'PermitLocalCommand=yes'],
        ...['-o', 'LocalCommand=echo connected'],
        '-N',
        alias,
    ];
}
/** Runs one command over a connection of its own. */
function runSsh(configFile, remote, options) {
    return collect(start(sshCommand(configFile, undefined, remote)), options ?? {});
}
/**
 * One authenticated connection to a guest, shared by every command: under emulation a new connection costs over a
 * second, a command over this one a tenth of that. sshd allows ten at once on one connection (MaxSessions).
 */
class Session {
    configFile;
    folder;
    master;
    constructor(configFile, folder, master) {
        this.configFile = configFile;
        this.folder = folder;
        this.master = master;
    }
    /** @throws {UserError} when the guest refuses or does not answer, with what ssh said */
    static async open(configFile, signal) {
        // A socket's path may have no more than 107 bytes; a runner's temporary folder can be longer than that.
        const folder = mkdtempSync(path.join(tmpdir(), 'guest-ssh-'));
        const master = start(masterCommand(configFile, path.join(folder, 'c')));
        try {
            await connected(master, signal);
        }
        catch (error) {
            master.kill();
            rmSync(folder, { recursive: true, force: true });
            throw error;
        }
        return new Session(configFile, folder, master);
    }
    get controlPath() {
        return path.join(this.folder, 'c');
    }
    start(remote) {
        return start(sshCommand(this.configFile, this.controlPath, remote));
    }
    /** Runs a command (any shell text, of many lines too) in the guest user's shell to its end. */
    async run(remote, options = {}) {
        const result = await collect(this.start(remote), options);
        // ssh gives 255 for its own trouble, and for a command that gave 255.
        return result.exitCode === 255 && !(await this.answers()) ? { ...result, exitCode: null } : result;
    }
    /** False once the guest, or something between, has dropped the connection. */
    get connected() {
        return this.master.exitCode === null && this.master.signalCode === null;
    }
    /** The connection's own word; its process may be about to end while `connected` still holds. */
    async answers() {
        const check = ['ssh', ...['-F', this.configFile], ...['-o', `ControlPath=${this.controlPath}`]];
        return run([...check, '-O', 'check', alias], { timeout: 5000 }).then(() => true, () => false);
    }
    /** Closes the connection. Commands that still run lose it. */
    async close() {
        if (this.connected) {
            const ended = new Promise((resolve) => this.master.once('exit', resolve));
            this.master.kill();
            await ended;
        }
        rmSync(this.folder, { recursive: true, force: true });
    }
}
function start([program = '', ...args]) {
    return (0,external_node_child_process_namespaceObject.spawn)(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
}
function connected(master, signal) {
    return new Promise((resolve, reject) => {
        let complaint = '';
        const cancel = () => {
            reject(signal?.reason instanceof Error ? signal.reason : new UserError('ssh: cancelled'));
        };
        master.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)));
        master.stdout.once('data', () => {
            signal?.removeEventListener('abort', cancel);
            resolve();
        });
        master.once('error', (error) => {
            reject(error.code === 'ENOENT' ? missingTool('ssh') : error);
        });
        master.once('close', () => {
            reject(new UserError(`ssh could not connect to the guest: ${complaint.trim() || 'it gave no reason'}`));
        });
        if (signal?.aborted)
            cancel();
        else
            signal?.addEventListener('abort', cancel, { once: true });
    });
}
/** Keeps the first and the last bytes of a stream within `limit`. */
class Excerpt {
    limit;
    head = Buffer.alloc(0);
    tail = Buffer.alloc(0);
    dropped = 0;
    constructor(limit) {
        this.limit = limit;
    }
    add(chunk) {
        const half = Math.floor(this.limit / 2);
        const room = half - this.head.length;
        this.head = Buffer.concat([this.head, chunk.subarray(0, room)]);
        const joined = Buffer.concat([this.tail, chunk.subarray(Math.max(room, 0))]);
        const excess = Math.max(joined.length - half, 0);
        this.dropped += excess;
        this.tail = joined.subarray(excess);
    }
    get truncated() {
        return this.dropped > 0;
    }
    toString() {
        const gap = this.truncated ? `\n[${this.dropped} bytes left out]\n` : '';
        return `${this.head.toString()}${gap}${this.tail.toString()}`;
    }
}
async function collect(ssh, options) {
    const started = performance.now();
    const limit = options.limit ?? 2 ** 20;
    const kept = { stdout: new Excerpt(limit), stderr: new Excerpt(limit) };
    for (const stream of ['stdout', 'stderr']) {
        ssh[stream].on('data', (chunk) => {
            kept[stream].add(chunk);
            options.onOutput?.(chunk, stream);
        });
    }
    // A command that ends without reading its input is no error.
    ssh.stdin.on('error', () => undefined);
    ssh.stdin.end(options.input);
    const cut = { any: false, byTime: false };
    const end = () => {
        cut.any = true;
        ssh.kill('SIGKILL');
    };
    const timer = options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            cut.byTime = true;
            end();
        }, options.timeout);
    if (options.signal?.aborted)
        end();
    else
        options.signal?.addEventListener('abort', end, { once: true });
    const code = await new Promise((resolve, reject) => {
        ssh.once('error', reject);
        ssh.once('close', resolve);
        // The connection's process holds the streams as well, for as long as the command in the guest runs on.
        ssh.once('exit', () => {
            if (cut.any)
                resolve(null);
        });
    }).finally(() => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', end);
        ssh.stdout.destroy();
        ssh.stderr.destroy();
    });
    return {
        exitCode: cut.any ? null : code,
        stdout: kept.stdout.toString(),
        stderr: kept.stderr.toString(),
        timedOut: cut.byTime,
        truncated: kept.stdout.truncated || kept.stderr.truncated,
        milliseconds: performance.now() - started,
    };
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/readiness.js



/** Milliseconds between looks at the port while nobody listens in the guest; such a look costs the guest next to nothing. */
const pause = 100;
/** Milliseconds to wait for the banner of an accepted connection: QEMU accepts before anybody listens in the guest. */
const bannerWait = 1500;
/** Bytes of an attempt's output that are kept: enough for ssh's longest complaint. */
const limit = 4096;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/**
 * Waits until a command has run in the guest over SSH and gives its boot_id. Only a full handshake proves the guest,
 * and it is dear for one that is emulated and still booting; so one is tried only when sshd's banner has been read.
 */
async function untilReady({ port, configFile, signal, ...on }) {
    for (;;) {
        signal.throwIfAborted();
        if (!(await bannerSeen(port))) {
            await (0,promises_namespaceObject.setTimeout)(pause, undefined, { signal });
            continue;
        }
        on.onListening();
        const result = await runSsh(configFile, 'cat /proc/sys/kernel/random/boot_id', { signal, limit });
        const bootId = result.stdout.trim();
        const ran = result.exitCode === 0;
        if (ran && uuid.test(bootId))
            return bootId;
        signal.throwIfAborted();
        if (ran)
            on.onAttempt('other', 'the guest answered with something else than its boot_id');
        else
            on.onAttempt(kindOf(result), result.stderr);
        // While a guest boots, sshd refuses all but root (pam_nologin); that passes.
        await (0,promises_namespaceObject.setTimeout)(1000, undefined, { signal });
    }
}
/** Source of the phrases: OpenSSH sshconnect.c and sshconnect2.c. */
function kindOf({ stderr }) {
    if (/Host key verification failed|No .* host key is known|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
        return 'host-key';
    }
    if (/Permission denied|Too many authentication failures/.test(stderr))
        return 'auth';
    return 'other';
}
/** True when something at the port says it speaks SSH (RFC 4253, section 4.2). */
function bannerSeen(port) {
    return new Promise((resolve) => {
        const socket = (0,external_node_net_namespaceObject.createConnection)({ host: '127.0.0.1', port });
        const end = (seen) => {
            socket.destroy();
            resolve(seen);
        };
        socket.setTimeout(bannerWait, () => {
            end(false);
        });
        socket.once('data', (data) => {
            end(data.toString('latin1').startsWith('SSH-'));
        });
        socket.once('error', () => {
            end(false);
        });
        socket.once('close', () => {
            end(false);
        });
    });
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/server.js




/** Milliseconds a client has to hang up. */
const farewell = 1000;
/** Serves supervisor.sock: the VM's state at once and at every change, and the requests of client.ts. */
class StateServer {
    state;
    on;
    server;
    clients = new Set();
    constructor(state, on) {
        this.state = state;
        this.on = on;
        this.server = (0,external_node_net_namespaceObject.createServer)((client) => {
            this.accept(client);
        });
    }
    /** Listens in the working directory, which is the VM's state folder. */
    listen() {
        return new Promise((resolve, reject) => {
            this.server.once('error', reject);
            this.server.listen(state/* files */.aq.socket, resolve);
        });
    }
    broadcast() {
        const line = `${JSON.stringify(this.state())}\n`;
        for (const client of this.clients)
            client.write(line);
    }
    /** Closes when the clients have been told the last state, or do not take it. */
    async close() {
        const closed = new Promise((resolve) => this.server.close(resolve));
        for (const client of this.clients)
            client.end();
        await Promise.race([closed, (0,promises_namespaceObject.setTimeout)(farewell, undefined, { ref: false })]);
        for (const client of this.clients)
            client.destroy();
    }
    accept(client) {
        this.clients.add(client);
        client.on('close', () => this.clients.delete(client));
        client.write(`${JSON.stringify(this.state())}\n`);
        const lines = (0,external_node_readline_namespaceObject.createInterface)({ input: client });
        // readline passes a lost connection on as an error of its own.
        for (const emitter of [client, lines])
            emitter.on('error', () => undefined);
        lines.on('line', (line) => {
            const request = requestIn(line);
            if (request !== undefined && Object.hasOwn(this.on, request))
                this.on[request](client);
        });
    }
}
function requestIn(line) {
    try {
        return JSON.parse(line).request;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/supervisor.js


















/** Node's timers hold 31 bits of milliseconds, 24 days; a longer one would end at once. */
const longestTimer = 2 ** 31 - 1;
/** Milliseconds for the booting process to take its lease; one that was killed before never will. */
const leaseWait = 10_000;
/** How often another vsock CID is tried. */
const cidTries = 5;
/** Milliseconds a guest has to power itself off, then QEMU to quit: within the 7.5 s a cancelled step is given. */
const powerdownWait = 4500;
const quitWait = 1000;
/** Owns one VM: starts QEMU, watches the console and QMP, decides on ready or failed, and ends QEMU. */
class Supervisor {
    folder;
    plan;
    state;
    server;
    console;
    judge;
    over = new AbortController();
    started = performance.now();
    qemu;
    qmp;
    lastAttempt;
    stopping = false;
    leased = false;
    constructor(folder, plan) {
        this.folder = folder;
        this.plan = plan;
        const file = (name) => external_node_path_.join(folder, name);
        const { user, identityFile, knownHostsFile } = plan.ssh;
        this.state = {
            schema: 1,
            name: plan.name,
            pid: null,
            supervisorPid: process.pid,
            startedAt: new Date().toISOString(),
            image: plan.image,
            accelerator: plan.machine.accelerator,
            qemuVersion: plan.qemuVersion,
            ssh: {
                host: '127.0.0.1',
                port: null,
                user,
                identityFile,
                knownHostsFile,
                configFile: file(state/* files */.aq.sshConfig),
            },
            forward: [],
            vsockCid: plan.machine.vsockCid,
            console: file(state/* files */.aq.console),
            qmp: file(state/* files */.aq.qmp),
            state: 'booting',
            timings: { firmware: 0 },
        };
        this.console = new ConsoleLog(file(state/* files */.aq.console), plan.consoleLimit, (line) => {
            this.read(line);
        }, () => this.elapsed());
        this.judge = new Judge({
            folder,
            booting: () => this.state.state === 'booting',
            tail: () => this.console.tail(),
            fail: (failure) => {
                this.fail(failure);
            },
        });
        this.server = new StateServer(() => this.state, {
            stop: () => {
                this.stop();
            },
            lease: (client) => {
                this.leased = true;
                client.once('close', () => {
                    if (this.state.state === 'booting')
                        this.stop();
                });
            },
        });
    }
    /** Runs the VM to its end. */
    async run() {
        (0,state/* writeVm */.Dn)(this.folder, this.state);
        await this.server.listen();
        this.after(this.plan.maxLifetime, () => {
            this.fail(new errors_Failure({ class: 'lifetime', message: 'the VM reached its max-lifetime' }));
        });
        this.after(leaseWait, () => {
            if (!this.leased)
                this.stop();
        });
        this.after(this.plan.bootTimeout, () => {
            if (this.state.state === 'booting') {
                this.fail(bootDeadlineFailure(this.plan.bootTimeout, this.stage(), this.lastAttempt));
            }
        });
        await this.live().catch((error) => {
            this.fail(hostFailure(error));
        });
        this.end();
        await this.server.close();
    }
    /** Ends the VM in good order, for whoever asked. */
    stop() {
        if (this.stopping)
            return;
        this.stopping = true;
        void this.shutDown();
    }
    elapsed() {
        return (performance.now() - this.started) / 1000;
    }
    after(milliseconds, act) {
        const wait = Math.min(milliseconds, longestTimer);
        (0,promises_namespaceObject.setTimeout)(wait, undefined, { signal: this.over.signal, ref: false }).then(act, () => undefined);
    }
    publish(change) {
        this.state = { ...this.state, ...change };
        try {
            (0,state/* writeVm */.Dn)(this.folder, this.state);
        }
        catch (error) {
            // A full disk must not keep those who listen from learning of it.
            console.error(error);
        }
        this.server.broadcast();
    }
    /** Nothing reserves a vsock CID before QEMU does, so one that turns out to be taken is tried again with another. */
    async live() {
        for (let tries = cidTries;; tries -= 1) {
            const qemu = this.start();
            const how = await qemu.ended;
            const cidTaken = this.plan.anyVsockCid && tries > 0 && vsockCidTaken.test(qemu.complaint());
            if (cidTaken && !this.stopping) {
                this.publish({ vsockCid: anyCid() });
                continue;
            }
            this.fail(this.judge.verdict ?? complaintFailure(qemu.complaint(), how));
            return;
        }
    }
    start() {
        const qemu = startQemu({ ...this.plan.machine, vsockCid: this.state.vsockCid });
        this.qemu = qemu;
        if (this.stopping)
            qemu.process.kill('SIGKILL');
        qemu.console.setEncoding('utf8').on('data', (chunk) => {
            try {
                this.console.add(chunk);
            }
            catch (error) {
                this.fail(hostFailure(error));
            }
            this.judge.read(this.console.unfinished());
        });
        this.publish({ pid: qemu.pid });
        this.boot(qemu).catch(async (error) => {
            // When QEMU ends while it is being set up, its end says more than the broken connection does.
            await Promise.race([qemu.ended, (0,promises_namespaceObject.setTimeout)(quitWait, undefined, { ref: false })]);
            if (qemu === this.qemu)
                this.fail(hostFailure(error));
        });
        return qemu;
    }
    async boot(qemu) {
        const qmp = await Qmp.open(qemu.qmp, (event) => {
            this.judge.hear(event);
        });
        this.qmp = qmp;
        const { ssh: port, forward } = await boundPorts(qmp, this.plan.machine);
        const access = { ...this.state.ssh, port };
        (0,external_node_fs_.writeFileSync)(access.configFile, sshConfig(access, this.plan.ssh.pinned), { mode: 0o600 });
        this.publish({ ssh: access, forward });
        void untilFrozen(qemu.pid, qmp, this.over.signal).then((failure) => {
            if (failure)
                this.fail(failure);
        });
        const bootId = await untilReady({
            port,
            configFile: access.configFile,
            signal: this.over.signal,
            onListening: () => {
                this.reach('sshd');
            },
            onAttempt: (kind, stderr) => {
                this.lastAttempt = { kind, stderr };
                if (kind === 'host-key')
                    this.fail(brokenHostKey(stderr));
            },
        });
        if (this.state.state !== 'booting')
            return;
        this.reach('ready');
        this.publish({ state: 'ready', bootId });
    }
    stage() {
        return (Object.keys(this.state.timings).at(-1) ?? 'firmware');
    }
    reach(stage) {
        if (this.state.state !== 'booting' || stage in this.state.timings)
            return;
        this.publish({ timings: { ...this.state.timings, [stage]: Number(this.elapsed().toFixed(3)) } });
    }
    read(line) {
        const stage = this.state.state === 'booting' ? stageOf(line) : undefined;
        if (stage)
            this.reach(stage);
        this.judge.read(line);
    }
    /** Settles the VM's fate once; what comes later is a consequence. */
    fail(failure) {
        if (this.over.signal.aborted)
            return;
        this.over.abort();
        if (this.stopping)
            this.publish({ state: 'stopped' });
        else {
            const evidence = [...failure.evidence, ...this.console.tail()];
            const stage = this.state.state === 'booting' ? { stage: this.stage() } : {};
            this.publish({ state: 'failed', failure: { ...failure.toReport(), ...stage, evidence } });
        }
        this.qemu?.process.kill('SIGKILL');
    }
    async shutDown() {
        const ended = this.qemu?.ended;
        const within = (milliseconds) => Promise.race([ended, (0,promises_namespaceObject.setTimeout)(milliseconds, undefined, { signal: this.over.signal, ref: false })]).catch(() => undefined);
        if (this.state.state === 'ready') {
            void this.qmp?.execute('system_powerdown').catch(() => undefined);
            await within(powerdownWait);
        }
        if (!this.over.signal.aborted) {
            void this.qmp?.execute('quit').catch(() => undefined);
            await within(quitWait);
        }
        this.qemu?.process.kill('SIGKILL');
    }
    end() {
        this.console.end();
        clear(this.folder);
    }
}


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(774);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
