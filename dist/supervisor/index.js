import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 24:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 245:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   _N: () => (/* binding */ statOf),
/* harmony export */   cu: () => (/* binding */ identityOf)
/* harmony export */ });
/* unused harmony exports lives, processSpace */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(598);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(24);


/**
 * The fields of /proc/pid/stat after the process's name, its state first; the name, in brackets, may hold anything.
 * Source: proc(5)
 * @throws {Error} when there is no process of that number
 */
function statOf(pid) {
    const stat = (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.readFileSync)(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
/** The identity of a running process; undefined when there is none of that number. */
function identityOf(pid) {
    try {
        const [state, ...fields] = statOf(pid);
        const ended = state === 'Z' || state === 'X';
        return ended ? undefined : { pid, started: Number(fields[18]) };
    }
    catch {
        return undefined;
    }
}
function lives({ pid, started }) {
    return identityOf(pid)?.started === started;
}
/**
 * Where process numbers mean the same: this boot of this host, this container. 16 hexadecimal digits.
 * Source: namespaces(7), random(4)
 */
function processSpace() {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return createHash('sha256')
        .update(boot + readlinkSync('/proc/self/ns/pid'))
        .digest('hex')
        .slice(0, 16);
}


/***/ }),

/***/ 738:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   f: () => (/* binding */ replaceFile)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);

/** Writes a file that is its owner's alone in one step: a reader, or a kill, never meets half of it. */
function replaceFile(file, text) {
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(`${file}.new`, text, { mode: 0o600 });
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.renameSync)(`${file}.new`, file);
}


/***/ }),

/***/ 123:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   w9: () => (/* binding */ takeOver)
/* harmony export */ });
/* unused harmony exports ownFolder, ownerOf */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _runtime_process_identity_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(245);
/* harmony import */ var _runtime_replace_file_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(738);
/* harmony import */ var _state_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(401);





/** What the name of a folder ends in that is in the making: who makes it, and where; see `ownFolder`. */
const inTheMaking = /new-(\d+)-(\d+)-([0-9a-f]{16})-[^-]+$/;
/**
 * Makes the state folder of a VM, whose name begins with `prefix`, and this process its keeper. A process can be killed
 * at any moment, and a folder that does not tell whose it is nobody may remove: until the record of it lies there, the
 * folder's name tells it.
 */
function ownFolder(prefix) {
    const maker = self();
    const space = processSpace();
    const job = process.ppid > 1 ? identityOf(process.ppid) : undefined;
    const made = mkdtempSync(`${prefix}new-${maker.pid}-${maker.started}-${space}-`);
    write(made, { space, job: job ?? null, keeper: maker });
    const folder = `${prefix}${made.slice(made.lastIndexOf('-') + 1)}`;
    renameSync(made, folder);
    return folder;
}
/** Makes this process the keeper in place of the one that began the VM. */
function takeOver(folder) {
    const owner = ownerOf(folder);
    if (owner)
        write(folder, { ...owner, keeper: self() });
}
/** Undefined where there is no VM of ours. */
function ownerOf(folder) {
    const [, pid, started, space] = inTheMaking.exec(node_path__WEBPACK_IMPORTED_MODULE_1__.basename(folder)) ?? [];
    if (space !== undefined) {
        const maker = { pid: Number(pid), started: Number(started) };
        // Nothing in it is of use to the job without the one who makes it.
        return { space, job: maker, keeper: maker };
    }
    try {
        return JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, _state_js__WEBPACK_IMPORTED_MODULE_4__/* .files */ .aq.owner), 'utf8'));
    }
    catch {
        return undefined;
    }
}
function self() {
    return (0,_runtime_process_identity_js__WEBPACK_IMPORTED_MODULE_2__/* .identityOf */ .cu)(process.pid) ?? { pid: process.pid, started: 0 };
}
function write(folder, owner) {
    (0,_runtime_replace_file_js__WEBPACK_IMPORTED_MODULE_3__/* .replaceFile */ .f)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, _state_js__WEBPACK_IMPORTED_MODULE_4__/* .files */ .aq.owner), JSON.stringify(owner));
}


/***/ }),

/***/ 401:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Dn: () => (/* binding */ writeVm),
/* harmony export */   IR: () => (/* binding */ readVm),
/* harmony export */   JO: () => (/* binding */ snapshotPrefix),
/* harmony export */   aq: () => (/* binding */ files)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _runtime_replace_file_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(738);



/** Names inside a VM's state folder. */
const files = {
    state: 'vm.json',
    owner: 'owner.json',
    console: 'console.log',
    socket: 'supervisor.sock',
    qmp: 'qmp.sock',
    sshConfig: 'ssh_config',
    identity: 'id_ed25519',
    hostKey: 'host_ed25519',
    knownHosts: 'known_hosts',
    overlay: 'overlay.qcow2',
    /** Of a fork: the disk of its original as it was saved. */
    base: 'base.qcow2',
    firmwareVars: 'firmware-vars.fd',
    configMedia: 'config-media.img',
    /** In the folder of a snapshot. */
    memory: 'memory',
    deviceState: 'device-state',
    plan: 'plan.json',
    supervisorLog: 'supervisor.log',
    repro: 'repro',
    journal: 'journal.txt',
};
/** How the name of a snapshot's folder in a VM's state folder begins. */
const snapshotPrefix = 'snapshot-';
/**
 * The state of the VM in `folder`.
 * @throws {Error} ENOENT or a SyntaxError when there is no VM in it
 */
function readVm(folder) {
    return JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, files.state), 'utf8'));
}
function writeVm(folder, state) {
    (0,_runtime_replace_file_js__WEBPACK_IMPORTED_MODULE_2__/* .replaceFile */ .f)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, files.state), `${JSON.stringify(state, null, 2)}\n`);
}


/***/ }),

/***/ 774:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _owner_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(123);
/* harmony import */ var _state_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(401);
/* harmony import */ var _supervisor_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(95);





// Relative names keep sockets within the 107 bytes a socket's path may have, wherever the state folder lies.
const folder = process.argv[2] ?? '';
process.chdir(folder);
const plan = JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(folder, _state_js__WEBPACK_IMPORTED_MODULE_3__/* .files */ .aq.plan), 'utf8'));
(0,_owner_js__WEBPACK_IMPORTED_MODULE_2__/* .takeOver */ .w9)(folder);
const supervisor = new _supervisor_js__WEBPACK_IMPORTED_MODULE_4__/* .Supervisor */ .D(folder, plan);
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

/***/ 95:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  D: () => (/* binding */ Supervisor)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
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
    'console',
    'acceleration',
    'port',
    'disk-full',
    'memory-full',
    'image-corrupt',
    'update-refused',
    'rolled-back',
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
class errors_UserError extends Error {
    name = 'UserError';
}

;// CONCATENATED MODULE: ./.local/compiled/src/ssh/config.js
/** The name by which the configuration knows the guest: `ssh -F ssh_config guest`. */
const config_alias = 'guest';
/**
 * An OpenSSH client configuration for one guest. It reads and writes nothing under ~/.ssh.
 * The key exchange is one that costs an emulated guest a fifth less of a connection than OpenSSH's first choice, which
 * guards against quantum computers: here nobody is between the two.
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
        ['KexAlgorithms', '^curve25519-sha256'],
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

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(760);
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




const spent = [
    state/* files */.aq.overlay,
    state/* files */.aq.base,
    state/* files */.aq.firmwareVars,
    state/* files */.aq.configMedia,
    state/* files */.aq.hostKey,
    state/* files */.aq.qmp,
    state/* files */.aq.socket,
    state/* files */.aq.identity,
];
/** Leaves of a VM that has ended what tells of it, and nothing that costs space or could open a door. */
function clear(folder) {
    if (!(0,external_node_fs_.existsSync)(folder))
        return;
    for (const name of (0,external_node_fs_.readdirSync)(folder)) {
        if (spent.includes(name) || isCredentialFile(name) || name.startsWith(state/* snapshotPrefix */.JO)) {
            (0,external_node_fs_.rmSync)(external_node_path_.join(folder, name), { recursive: true, force: true });
        }
    }
}

;// CONCATENATED MODULE: external "node:events"
const external_node_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: external "node:readline"
const external_node_readline_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:readline");
;// CONCATENATED MODULE: ./.local/compiled/src/vm/client.js






/** Milliseconds in which a supervisor that lives tells the VM's state; one that was stopped never does. */
const greetingWithin = 2000;
/**
 * A connection to the supervisor of one VM. The supervisor sends the VM's state when a client connects and at every
 * change, one JSON object a line.
 */
class SupervisorClient {
    socket;
    current;
    changed = new Set();
    answers = new external_node_events_namespaceObject.EventEmitter();
    asked = 0;
    closed = false;
    leave = () => undefined;
    /** Resolves when the supervisor has gone, and the VM with it. */
    gone = new Promise((resolve) => (this.leave = resolve));
    constructor(socket, current) {
        this.socket = socket;
        this.current = current;
    }
    /** @throws {Error} when no supervisor answers in `folder` */
    static async connect(folder) {
        const socket = await connectIn(folder);
        return new Promise((resolve, reject) => {
            let client;
            // One listener from the first line on: a second line may come in the same piece.
            const lines = (0,external_node_readline_namespaceObject.createInterface)({ input: socket }).on('line', (line) => {
                const message = JSON.parse(line);
                if ('id' in message)
                    client?.answers.emit(message.id, message);
                else if (client)
                    client.update(message);
                else
                    resolve((client = new SupervisorClient(socket, message)));
            });
            // readline passes a lost connection on as an error of its own.
            for (const emitter of [socket, lines])
                emitter.on('error', () => undefined);
            socket.once('close', () => {
                client?.end(readVmOr(folder, client.current));
                reject(new Error('the supervisor closed the connection'));
            });
            socket.setTimeout(greetingWithin, () => {
                if (!client)
                    socket.destroy();
            });
        });
    }
    get state() {
        return this.current;
    }
    /** False once the supervisor has gone. */
    get alive() {
        return !this.closed;
    }
    send(request, detail = {}) {
        this.socket.write(`${JSON.stringify({ request, ...detail })}\n`);
    }
    /**
     * Has the VM saved in the folder `into`.
     * @throws {UserError} with the supervisor's words when it cannot be
     * @throws {Failure} when the VM dies meanwhile
     */
    async save(into) {
        const { error } = await this.ask('fork', { into });
        if (error !== undefined)
            throw new errors_UserError(error);
    }
    /**
     * Resolves when all that the guest has printed by now is in the console log.
     * @throws {Failure} when the VM dies meanwhile
     */
    async untilLogged() {
        await this.ask('console');
    }
    /**
     * Resolves when the guest is ready.
     * @throws {Failure} as soon as it is known to be lost
     */
    async ready() {
        const state = await this.until(({ state }) => state !== 'booting');
        const failure = failureOf(state);
        if (failure)
            throw failure;
        return state;
    }
    onChange(listener) {
        this.changed.add(listener);
    }
    /** Resolves with the state once `reached` holds for it; rejects when the supervisor goes before. */
    until(reached) {
        return new Promise((resolve, reject) => {
            const look = (state) => {
                if (reached(state))
                    resolve(state);
                else if (this.closed)
                    reject(supervisorGone(state));
                else
                    return;
                this.changed.delete(look);
            };
            this.changed.add(look);
            look(this.current);
        });
    }
    close() {
        this.changed.clear();
        this.socket.destroy();
    }
    ask(request, detail = {}) {
        this.asked += 1;
        const id = String(this.asked);
        return new Promise((resolve, reject) => {
            this.answers.once(id, resolve);
            void this.gone.then(() => {
                reject(supervisorGone(this.current));
            });
            this.send(request, { ...detail, id });
        });
    }
    end(state) {
        this.closed = true;
        this.update(state);
        this.leave();
    }
    update(state) {
        this.current = state;
        for (const listener of this.changed)
            listener(state);
    }
}
/** The Failure that a VM's state tells of, when it is no longer alive and well. */
function failureOf(state) {
    if (state.failure)
        return new errors_Failure(state.failure);
    if (state.state === 'stopped') {
        return new errors_Failure({ class: 'qemu-exit', message: `VM ${state.name} has been stopped` });
    }
    return undefined;
}
function supervisorGone(state) {
    return (failureOf(state) ??
        new errors_Failure({
            class: 'qemu-exit',
            message: `the supervisor of VM ${state.name} (pid ${state.supervisorPid}) has gone, and QEMU with it`,
            advice: 'It was killed from outside, or this job has ended. Its log is supervisor.log in the state folder.',
        }));
}
/** A socket's path may have no more than 107 bytes; through the open folder's own name it always has. */
async function connectIn(folder) {
    const descriptor = (0,external_node_fs_.openSync)(folder, 'r');
    try {
        const socket = (0,external_node_net_namespaceObject.createConnection)(`/proc/self/fd/${descriptor}/${state/* files */.aq.socket}`);
        await new Promise((resolve, reject) => {
            socket.once('connect', resolve);
            socket.once('error', reject);
        });
        return socket;
    }
    finally {
        (0,external_node_fs_.closeSync)(descriptor);
    }
}
function readVmOr(folder, fallback) {
    try {
        return (0,state/* readVm */.IR)(folder);
    }
    catch {
        return fallback;
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
/** A line as the guest printed it, without the time that the log has put before it. */
function withoutTime(entry) {
    return entry.replace(/^\[ *[\d.]+\] /, '');
}
/** The last `count` lines of a console log on disk, across its rotation. */
function consoleTail(file, count) {
    const lines = [rotated(file), file].flatMap((part) => existsSync(part) ? readFileSync(part, 'utf8').split('\n').slice(0, -1) : []);
    return lines.slice(-count);
}
/** Where the older half of a log is. */
function rotated(file) {
    return `${file}.1`;
}
function clean(raw) {
    return visible(withoutAnsi(raw.replace(/\r+$/, '')));
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/failures.js
const rootAdvice = 'Look at the lines above it: a missing root file system, init or driver is the usual cause.';
const failureSigns = [
    {
        class: 'guest-oom',
        pattern: /Kernel panic - not syncing: (?:System is deadlocked on memory|Out of memory)/,
        message: 'the guest has too little memory to start',
        advice: 'Give it more with the input memory.',
        source: 'Linux mm/oom_kill.c',
        example: '[    3.456789] Kernel panic - not syncing: System is deadlocked on memory',
    },
    {
        class: 'kernel-panic',
        pattern: /Kernel panic - not syncing: IO-APIC \+ timer doesn't work/,
        message: 'the kernel found no timer that works, as happens to an emulated guest on a loaded host',
        advice: 'Put no_timer_check on the kernel command line of the image, or run fewer VMs at once.',
        source: 'Linux arch/x86/kernel/apic/io_apic.c',
        example: "[    0.024000] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug and send a report.",
    },
    {
        class: 'kernel-panic',
        pattern: /Kernel panic - not syncing(?!: (?:System is deadlocked on memory|Out of memory))/,
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
        class: 'kernel-panic',
        pattern: /\] [^[\]]+: [0-9a-f]{4} \[#\d+\]/,
        message: 'the kernel oopsed',
        advice: 'The trace in the console log names the function; a module built for another kernel is a usual cause.',
        source: 'Linux arch/x86/kernel/dumpstack.c, __die_header',
        example: '[   12.345678] invalid opcode: 0000 [#1] PREEMPT SMP PTI',
    },
    {
        class: 'emergency-mode',
        pattern: /You are in (?:emergency|rescue) mode|Cannot open access to console, the root account is locked|(?:Press \S+|Give root password) for maintenance/,
        message: 'systemd gave up and entered emergency mode',
        advice: 'A mount of /etc/fstab that failed is the usual cause; the console log names the unit.',
        source: 'systemd units/emergency.service.in, util-linux sulogin',
        example: 'You are in emergency mode. After logging in, type "journalctl -xb" to view',
    },
    {
        class: 'emergency-mode',
        pattern: /systemd\[1\]: Freezing execution|\[!!!!!!\] .+, freezing/,
        message: 'systemd itself gave up',
        advice: 'The lines above it say what it could not do; broken or missing basic files of the system are a usual cause.',
        source: 'systemd src/core/crash-handler.c, src/core/main.c',
        example: '[    8.901234] systemd[1]: Freezing execution.',
    },
    {
        class: 'emergency-mode',
        pattern: /^\(initramfs\)|ALERT! .+ does not exist\. +Dropping to a shell|No init found\. Try passing init= bootarg/,
        message: 'the initrd did not find the root file system, or no init on it, and opened a shell',
        advice: 'Compare root= on the kernel command line with the partitions of the image.',
        source: 'initramfs-tools init, scripts/local',
        example: 'ALERT!  PARTLABEL=A_root does not exist.  Dropping to a shell!',
    },
    {
        class: 'emergency-mode',
        pattern: /Entering emergency mode\. Exit the shell|dracut: FATAL: |dracut Warning: Could not boot\./,
        message: 'the initrd gave up and opened a shell',
        advice: 'Compare root= on the kernel command line with the partitions of the image.',
        source: 'dracut modules.d/99base, modules.d/98dracut-systemd',
        example: 'Entering emergency mode. Exit the shell to continue.',
    },
    {
        class: 'firmware',
        pattern: /!!!! X64 Exception Type - /,
        message: 'the firmware crashed',
        advice: 'Try another UEFI with the input firmware, or another boot loader in the image.',
        source: 'edk2 UefiCpuPkg/Library/CpuExceptionHandlerLib',
        example: '!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!',
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
        pattern: /^grub(?: rescue)?>|Minimal BASH-like line editing is supported|^error: (?:\S+:\d+:)?(?:no such (?:partition|device)|unknown filesystem|you need to load the kernel first)/,
        message: 'the boot loader found no system to start',
        advice: 'Compare the boot entries of the image with its partitions.',
        source: 'GRUB grub-core/kern, grub-core/normal/main.c, grub-core/loader',
        example: 'error: no such partition.',
    },
    {
        class: 'bootloader',
        pattern: /No loader found\. Configuration files in|Error (?:loading|preparing initrd|opening root path|reading)\b.*: (?:Not Found|Load Error|Unsupported|Invalid Parameter|Device Error|Volume Corrupt|CRC Error|Security Policy Violation)/,
        message: 'systemd-boot found no system to start',
        advice: 'Compare the files that the entries in loader/entries name with those in the EFI system partition.',
        source: 'systemd src/boot/efi/boot.c',
        example: 'Error loading \\a\\linux: Not Found',
    },
    {
        class: 'image-corrupt',
        pattern: /^ *-- System halted$/,
        message: 'the kernel could not be unpacked',
        advice: 'Build the image again, and check its digest with image-digest.',
        source: 'Linux arch/x86/boot/compressed/misc.c',
        example: ' -- System halted',
    },
    {
        class: 'guest-oom',
        pattern: /\] Out of memory: Killed process/,
        message: 'the guest ran out of memory while booting',
        advice: 'Give it more with the input memory.',
        source: 'Linux mm/oom_kill.c',
        example: '[   33.123456] Out of memory: Killed process 412 (replica) total-vm:4096kB',
        when: 'booting',
    },
    {
        class: 'image-corrupt',
        pattern: /\] (?:EXT4-fs error|EXT4-fs \(\S+\): (?:no journal found|bad geometry)|(?:blk_update_request: )?I\/O error, dev vd|XFS \(\S+\): (?:Metadata corruption|Corruption) detected|BTRFS (?:error|critical) \(|SQUASHFS error: )/,
        message: 'the guest could not read its disk',
        advice: 'Build the image again; if it persists, look at the disk of the host.',
        source: 'Linux fs/ext4, fs/xfs, fs/btrfs, fs/squashfs, block/blk-core.c',
        example: '[    4.567890] EXT4-fs error (device vda2): ext4_lookup:1855: inode #2: comm systemd: bad extra_isize',
        when: 'booting',
    },
    {
        class: 'image-corrupt',
        pattern: /\] device-mapper: verity: .+ is corrupted/,
        message: 'a block of the guest’s disk is not what its verity hash says',
        advice: 'The image was changed after its hash tree was made; build it again.',
        source: 'Linux drivers/md/dm-verity-target.c',
        example: '[    5.678901] device-mapper: verity: 254:3: data block 8192 is corrupted',
        when: 'booting',
    },
    {
        class: 'image-corrupt',
        pattern: /UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY/,
        message: 'a file system of the guest is broken beyond what fsck repairs by itself',
        advice: 'Build the image again.',
        source: 'e2fsprogs e2fsck',
        example: '/dev/vda3: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
        when: 'booting',
    },
];
/** The sign of failure in a console line, if it holds one. */
function failureIn(line, booting) {
    return failureSigns.find((sign) => (booting || sign.when !== 'booting') && sign.pattern.test(line));
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/hints.js
/**
 * Console lines that prove nothing, as a guest gets over them, on a loaded host above all. When it was not ready in
 * time they tell why.
 */
const hints = [
    {
        class: 'boot-timeout',
        pattern: /\] watchdog: BUG: soft lockup - |\] (?:NMI watchdog|watchdog): Watchdog detected hard LOCKUP/,
        message: 'a CPU of the guest was stuck',
        advice: 'The trace in the console log names the function. On a host with too little time for its VMs, run fewer.',
        source: 'Linux kernel/watchdog.c',
        example: '[   40.123456] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]',
    },
    {
        class: 'boot-timeout',
        pattern: /\] rcu: INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stalls? on CPU/,
        message: 'a CPU of the guest was stalled',
        advice: 'The trace in the console log names the function. On a host with too little time for its VMs, run fewer.',
        source: 'Linux kernel/rcu/tree_stall.h',
        example: '[   60.123456] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
    },
    {
        class: 'boot-timeout',
        pattern: /\] INFO: task \S+ blocked for more than \d+ seconds/,
        message: 'a task of the guest hung in the kernel',
        advice: 'The trace in the console log names what it waits for; a disk of the host that is too slow is a usual cause.',
        source: 'Linux kernel/hung_task.c',
        example: '[  242.123456] INFO: task systemd:1 blocked for more than 120 seconds.',
    },
    {
        class: 'boot-timeout',
        pattern: /Timed out waiting for device |A start job is running for \/dev\//,
        message: 'systemd waited for a device that did not come',
        advice: 'Compare /etc/fstab and the units that the console log names with the partitions of the image.',
        source: 'systemd src/core/job.c',
        example: '[ TIME ] Timed out waiting for device /dev/disk/by-partlabel/store.',
    },
    {
        class: 'unit-failed',
        pattern: /Failed to start (?:ssh|sshd|dropbear)\b|Failed to start OpenBSD Secure Shell server/,
        message: 'the SSH server of the guest could not be started',
        advice: 'Look at what it says in the console log; a host key or a configuration that it refuses is a usual cause.',
        source: 'systemd src/core/job.c',
        example: '[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.',
    },
    {
        class: 'bootloader',
        pattern: /BdsDxe: failed to (?:load|start) Boot[0-9A-F]{4}/,
        message: 'the firmware could not start a boot entry',
        advice: 'The image needs an EFI system partition with EFI/BOOT/BOOTX64.EFI, or firmware: bios.',
        source: 'edk2 MdeModulePkg/Universal/BdsDxe',
        example: 'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0): Not Found',
    },
    {
        class: 'bootloader',
        pattern: /EFI stub: ERROR: /,
        message: 'the kernel could not be started by the firmware',
        advice: 'The lines after it in the console log say what was missing.',
        source: 'Linux drivers/firmware/efi/libstub',
        example: 'EFI stub: ERROR: Failed to load initrd: 0x800000000000000e',
    },
    {
        class: 'image-corrupt',
        pattern: /\] Initramfs unpacking failed: /,
        message: 'the kernel could not unpack its initrd',
        advice: 'Build the image again, or give the guest more memory.',
        source: 'Linux init/initramfs.c',
        example: '[    1.234567] Initramfs unpacking failed: write error',
    },
    {
        class: 'image-corrupt',
        pattern: /attempt to access beyond end of device/,
        message: 'a partition of the guest is longer than its disk',
        advice: 'The image was cut short; build or download it again.',
        source: 'Linux block/blk-core.c',
        example: '[    4.567890] mount: attempt to access beyond end of device',
    },
];
/** The hint in a console line, if it holds one. */
function hintIn(line) {
    return hints.find(({ pattern }) => pattern.test(line));
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/console-rules.js


/** Tells what a console line means for a VM: the table of failures, and the user's rules over it. */
class ConsoleReader {
    fail;
    allow;
    constructor({ fail, allow }) {
        this.fail = fail.map((source) => ({
            class: 'console',
            pattern: new RegExp(source),
            message: `a line of the console matches ${JSON.stringify(source)} of fail-on-console`,
            advice: 'If the line is harmless, let allow-on-console match it.',
        }));
        this.allow = allow.map((source) => new RegExp(source));
    }
    /** What in a line may tell later why the VM was not ready in time. */
    hintIn(line) {
        const hint = hintIn(line);
        return hint && !this.allows(line) ? hint : undefined;
    }
    allows(line) {
        return this.allow.some((pattern) => pattern.test(line));
    }
    /** The sign of failure in a line, if it holds one. */
    signIn(line, booting) {
        const sign = this.fail.find(({ pattern }) => pattern.test(line)) ?? failureIn(line, booting);
        return sign && !this.allows(line) ? sign : undefined;
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/forwards.js
/**
 * QEMU's table of the user network: protocol and state, descriptor, source address and port, destination address and
 * port, queues. The human monitor is the only place where it tells.
 */
async function userNetwork(qmp) {
    return String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }));
}
/** Asks QEMU which ports it picked where it was free to. */
async function boundPorts(qmp, asked) {
    return portsIn(await userNetwork(qmp), asked);
}
/**
 * Reads `info usernet`.
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

;// CONCATENATED MODULE: ./.local/compiled/src/runtime/quote.js
/** A command as one would type it into a POSIX shell. */
function quote(command) {
    return command
        .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
        .join(' ');
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/machine.js


/** The descriptor at which QEMU finds the supervisor's QMP connection; it has no path that others could race for. */
const qmpDescriptor = 3;
/** The descriptor at which the QEMU of a fork finds the state of its devices. */
const stateDescriptor = 4;
/** All that a guest's device never needs. Source: qemu(1), -sandbox */
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
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
        ...(machine.sandbox ? ['-sandbox', sandbox] : []),
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
        ...['-m', megabytes(machine.memory)],
        ...['-smp', `cpus=${machine.cpus}`],
        ...firmware(machine.firmware),
        ...['-drive', disk(machine)],
        ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
        ...['-netdev', network(machine)],
        // Without its boot ROM the card costs the firmware no time.
        ...['-device', 'virtio-net-pci,netdev=net,romfile='],
        ...['-device', 'virtio-rng-pci'],
        ...['-device', 'pvpanic'],
        // Tells a Linux of 5.18 or newer, by a number that changes, to renew its random pool when it goes on as a fork.
        ...['-device', 'vmgenid,guid=auto'],
        ...(machine.vsockCid === null ? [] : ['-device', `vhost-vsock-pci,guest-cid=${machine.vsockCid}`]),
        ...machine.smbiosFiles.flatMap((file) => ['-smbios', `type=11,path=${escaped(file)}`]),
        ...usbStick(machine.configMedia),
        ...(machine.resumed ? resumption(machine, machine.resumed) : []),
    ];
}
/** Names of the files in the state folder that the machine is made of, beside its disk. */
function partsOf({ smbiosFiles, firmware, configMedia }) {
    const variables = firmware.kind === 'flash' ? [firmware.variables] : [];
    const stick = configMedia === null || external_node_path_.isAbsolute(configMedia.file) ? [] : [configMedia.file];
    return [...smbiosFiles, ...variables, ...stick];
}
/** `command` in a process that the kernel kills when its parent dies. Source: prctl(2), PR_SET_PDEATHSIG. */
function dyingWithParent(command) {
    return ['setpriv', '--pdeathsig', 'KILL', '--', ...command];
}
/**
 * MiB of translated code that QEMU keeps. Of the default, an eighth of the host's memory and up to 1 GiB, so much is
 * stale when a guest restarts that its firmware takes minutes to get past it. With 64 MiB the boot of a Debian guest
 * throws all of it away 12 times, with 128 it does so 4 times. Source: QEMU tcg/region.c
 */
const translationBuffer = 128;
function accelerator(kind) {
    if (kind === 'kvm')
        return ['-accel', 'kvm', '-cpu', 'host'];
    return ['-accel', `tcg,thread=multi,tb-size=${translationBuffer}`, '-cpu', 'max'];
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
function usbStick(media) {
    if (media === null)
        return [];
    const drive = `if=none,id=config,file=${escaped(media.file)},format=${media.format},readonly=on`;
    return ['-device', 'qemu-xhci', '-drive', drive, '-device', 'usb-storage,drive=config,removable=on'];
}
/** A template's disk is never read: the original goes on writing to its own. */
function disk({ resumed }) {
    return resumed?.as === 'template'
        ? 'if=none,id=disk,file.driver=null-co,format=raw'
        : `if=none,id=disk,file=${state/* files */.aq.overlay},format=qcow2,discard=unmap`;
}
/** The memory goes by the name that q35 gives it, by which the state of another VM refers to it. */
function resumption({ memory }, { as, memoryFile }) {
    const share = as === 'template' ? 'on' : 'off';
    const file = `size=${megabytes(memory)},mem-path=${escaped(memoryFile)},share=${share}`;
    return [
        ...['-object', `memory-backend-file,id=pc.ram,${file}`],
        ...['-machine', 'memory-backend=pc.ram'],
        ...['-incoming', 'defer'],
    ];
}
function megabytes(bytes) {
    return `${Math.round(bytes / 2 ** 20)}M`;
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

;// CONCATENATED MODULE: ./.local/compiled/src/vm/repro.js






/** Bytes of an overlay that are worth keeping; what a guest writes in a whole boot is more. */
const smallOverlay = 2 ** 25;
/**
 * The command that boots the same machine again with its console in a terminal, from a checkout of this project. Keys
 * and credentials are not in it: they are secret, and a person logs in at the console.
 */
function rerunCommand(options) {
    const { memory, cpus, accelerator, firmware, network, diskSize, configMedia, forward, extraArgs } = options;
    const flags = [
        ['memory', memory],
        ['cpus', cpus],
        ['accelerator', accelerator],
        ['firmware', firmware],
        ['network', network],
        ['disk-size', diskSize],
        ['config-media', configMedia],
        ['forward', forward.map(({ host, guest }) => `${host}:${guest}`).join('\n')],
        ['extra-args', extraArgs.join('\n')],
    ];
    return [
        ...['npm', 'run', 'vm', '--', options.image],
        // An argument of QEMU's begins with a dash itself.
        ...flags.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`--${name}=${value}`])),
    ];
}
/**
 * Keeps what somebody needs to see a VM's death again, in a folder beside its console log: repro.json, the console, and
 * the disk's difference from the image where that is small. Called once the VM has ended and before its disk goes.
 */
function keepRepro(folder) {
    const plan = JSON.parse((0,external_node_fs_.readFileSync)(external_node_path_.join(folder, state/* files */.aq.plan), 'utf8'));
    const { image, accelerator, qemuVersion, failure, timings } = (0,state/* readVm */.IR)(folder);
    const repro = external_node_path_.join(folder, state/* files */.aq.repro);
    (0,external_node_fs_.mkdirSync)(repro, { recursive: true, mode: 0o700 });
    for (const log of [state/* files */.aq.console, rotated(state/* files */.aq.console)])
        share(external_node_path_.join(folder, log), external_node_path_.join(repro, log));
    const overlay = external_node_path_.join(folder, state/* files */.aq.overlay);
    // A fork's disk is one of what was saved, which goes with the last fork.
    const isSmall = plan.fork === undefined && (0,external_node_fs_.existsSync)(overlay) && (0,external_node_fs_.statSync)(overlay).size <= smallOverlay;
    if (isSmall)
        (0,external_node_fs_.copyFileSync)(overlay, external_node_path_.join(repro, state/* files */.aq.overlay));
    const told = {
        schema: 1,
        image,
        rerun: quote(plan.rerun),
        qemu: { version: qemuVersion, accelerator, command: quote(qemuCommand(plan.machine)) },
        disk: isSmall
            ? `${state/* files */.aq.overlay} is the disk as it was at the end; it is an overlay of the image. qemu-img rebase -u -F FORMAT -b IMAGE ${state/* files */.aq.overlay} lets it find one that is elsewhere now.`
            : null,
        failure,
        timings,
    };
    (0,external_node_fs_.writeFileSync)(external_node_path_.join(repro, 'repro.json'), `${JSON.stringify(told, null, 2)}\n`);
}
/** Where it is and what to do with it, when there is one. */
function reproNote(folder) {
    const file = path.join(folder, files.repro, 'repro.json');
    if (!existsSync(file))
        return undefined;
    const { rerun } = JSON.parse(readFileSync(file, 'utf8'));
    return `What it takes to see this again is in ${path.dirname(file)}. From a checkout of guestos-actions: ${rerun}`;
}
/** A second name costs no space. */
function share(from, to) {
    if ((0,external_node_fs_.existsSync)(from) && !(0,external_node_fs_.existsSync)(to))
        (0,external_node_fs_.linkSync)(from, to);
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
        pattern: /Booting from (?:Hard Disk|ROM)/,
        source: 'SeaBIOS src/boot.c',
        example: 'Booting from Hard Disk...',
    },
    {
        stage: 'kernel',
        pattern: /EFI stub: (?!ERROR)/,
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

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(598);
;// CONCATENATED MODULE: ./.local/compiled/src/vm/vsock.js



/** CIDs 0 to 2 and the largest 32-bit number mean the hypervisor, loopback, the host and any. Source: vsock(7). */
const firstCid = 3;
const lastCid = 2 ** 32 - 2;
/** A CID that is likely to be free; only QEMU's attempt to take it tells. */
function anyCid() {
    return (0,external_node_crypto_.randomInt)(firstCid, lastCid + 1);
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

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
;// CONCATENATED MODULE: external "node:stream/promises"
const external_node_stream_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/promises");
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

;// CONCATENATED MODULE: ./.local/compiled/src/ssh/excerpt.js
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
/** The ssh command whose standard streams are a TCP connection to `port` of the guest's own loopback. */
function connectCommand(configFile, controlPath, port) {
    return [
        'ssh',
        ...['-F', configFile],
        ...['-o', `ControlPath=${controlPath}`],
        ...['-W', `127.0.0.1:${port}`],
        alias,
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
/**
 * Runs one command over a connection of its own; where `port` is given, over one that this machine's port of that number
 * gives it when there is one, for which it waits without end.
 */
function runSsh(configFile, remote, { port, ...options } = {}) {
    const [program = '', ...args] = sshCommand(configFile, undefined, remote);
    const lent = port === undefined ? [] : ['-p', String(port), '-o', 'ConnectTimeout=0'];
    return collect(start([program, ...lent, ...args]), options);
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
    /** Connects to a TCP port of the guest's own loopback; the process ends where nobody listens. */
    connect(port) {
        return start(connectCommand(this.configFile, this.controlPath, port));
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
        const { exitCode } = await collect(start([...check, '-O', 'check', alias]), { timeout: 5000 });
        return exitCode === 0;
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
    const { input } = options;
    if (typeof input === 'function')
        ssh.stdout.once('data', () => ssh.stdin.end(input()));
    else if (input instanceof external_node_stream_namespaceObject.Readable)
        (0,external_node_stream_promises_namespaceObject.pipeline)(input, ssh.stdin).catch(() => undefined);
    else
        ssh.stdin.end(input);
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

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/knock.js



/** Milliseconds between looks at what QEMU knows of the guest's network; of its card it tells 20 KB each time. */
const interval = { card: 50, connections: 25 };
/**
 * Milliseconds until a connection is followed by another: `taken` when the guest has taken it, and its sshd is slow;
 * `dropped` when the guest has hung up on what it had taken, which costs it a process; `refused` when it has an address
 * and no sshd yet; `up` when the card works and the address is to come, soon or much later, which is why it grows from
 * one connection to the next; `unknown` when QEMU does not tell of the card; `down` when it has not been brought up, as
 * no system that we know of would leave it.
 */
const patience = { taken: 5000, dropped: 500, refused: 40, up: 30, unknown: 5000, down: 30_000 };
const growth = { factor: 1.2, most: 400 };
/**
 * Connects to the port that QEMU forwards to the guest's sshd until a connection speaks SSH, and gives that one, its
 * banner still to be read.
 *
 * QEMU accepts whether or not anybody listens in the guest. A connection that comes before the guest has its address
 * is lost on it, and QEMU offers it again within a second, when it learns who has the address, or after 6, 12 and 24 s
 * (libslirp's ARP and TCP), even when we have hung up. Each costs sshd a process, just as the boot needs the processor
 * most. So none is made before the network card is up; and while one has been taken, however long sshd needs to say a
 * word, no other follows it.
 * @param onKnock called when a connection is made
 */
async function untilBanner(qmp, port, signal, onKnock) {
    const waiting = new Set();
    const heard = new AbortController();
    const either = AbortSignal.any([signal, heard.signal]);
    let speaking;
    const knock = () => {
        const socket = (0,external_node_net_namespaceObject.createConnection)({ host: '127.0.0.1', port, noDelay: true });
        waiting.add(socket);
        socket.on('error', () => undefined);
        socket.once('close', () => waiting.delete(socket));
        socket.once('readable', () => {
            if (speaking === undefined && speaksSsh(socket)) {
                speaking = socket;
                waiting.delete(socket);
                heard.abort();
            }
            else
                socket.destroy();
        });
    };
    const wait = { ...patience };
    let since = performance.now();
    let knocked = false;
    let taken = false;
    let card = 'unknown';
    const state = () => {
        if (!knocked)
            return card;
        if (waiting.size === 0)
            return taken ? 'dropped' : 'refused';
        return taken ? 'taken' : card;
    };
    const left = () => since + wait[state()] - performance.now();
    try {
        for (;;) {
            if (speaking !== undefined)
                return speaking;
            signal.throwIfAborted();
            if (card !== 'up')
                card = await cardState(qmp);
            if (waiting.size > 0)
                taken = await hasTaken(qmp, port);
            if (left() <= 0) {
                // One that was not taken is lost.
                if (!taken)
                    for (const socket of waiting)
                        socket.destroy();
                if (card === 'up')
                    wait.up = Math.min(growth.factor * wait.up, growth.most);
                since = performance.now();
                knocked = true;
                taken = false;
                knock();
                onKnock?.();
            }
            await (0,promises_namespaceObject.setTimeout)(Math.min(left(), interval[card === 'up' ? 'connections' : 'card']), undefined, {
                signal: either,
            }).catch(() => undefined);
        }
    }
    finally {
        for (const socket of waiting)
            socket.destroy();
    }
}
/** Whether the first that comes is SSH's (RFC 4253, section 4.2); it stays to be read. */
function speaksSsh(socket) {
    const start = socket.read();
    if (start !== null)
        socket.unshift(start);
    return start?.toString('latin1').startsWith('SSH-') === true;
}
/**
 * Whether the guest has brought up its network card: Linux then listens to the group of all hosts.
 * Source: QEMU qapi/net.json, query-rx-filter, which virtio's card answers.
 */
async function cardState(qmp) {
    const cards = (await qmp.execute('query-rx-filter').catch(() => []));
    if (cards.length === 0)
        return 'unknown';
    return cards.some((card) => card['multicast-table'].length > 0) ? 'up' : 'down';
}
/** Whether the guest has taken a connection to the forwarded port. */
async function hasTaken(qmp, port) {
    return new RegExp(`^\\s*TCP\\[ESTABLISHED\\]\\s+\\d+\\s+\\S+\\s+${port}\\s`, 'm').test(await userNetwork(qmp));
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/relay.js



/**
 * Lends a connection, once there is one, to the one client that connects to the local port that `use` is given, and
 * closes it. Nothing small waits here for more: each such wait was 40 ms (Nagle's algorithm).
 */
async function lend(connection, use) {
    const server = (0,external_node_net_namespaceObject.createServer)({ noDelay: true }, (client) => {
        server.close();
        client.on('error', () => undefined);
        connection.then((lent) => (0,external_node_stream_promises_namespaceObject.pipeline)(client, lent, client)).catch(() => client.destroy());
    });
    try {
        await (0,external_node_events_namespaceObject.once)(server.listen(0, '127.0.0.1'), 'listening');
        return await use(server.address().port);
    }
    finally {
        server.close();
        connection.then((lent) => lent.destroy()).catch(() => undefined);
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/readiness.js




/** Bytes of an attempt's output that are kept: enough for ssh's longest complaint. */
const limit = 4096;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/**
 * Waits until a command has run in the guest over SSH and gives its boot_id. Only a full handshake proves the guest,
 * and it is dear for one that is emulated and still booting; so one is tried only when sshd's banner has come, over
 * the very connection on which it came. The client waits for it from the first attempt to connect.
 */
async function untilReady({ qmp, port, configFile, signal, ...on }) {
    for (;;) {
        let begin = () => undefined;
        const begun = new Promise((resolve) => (begin = resolve));
        const connection = untilBanner(qmp, port, signal, begin);
        connection.then(on.onListening, () => undefined);
        await Promise.race([begun, connection]);
        const result = await lend(connection, (lent) => runSsh(configFile, 'cat /proc/sys/kernel/random/boot_id', { signal, limit, port: lent }));
        await connection;
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

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/awaken.js





/**
 * Shell text with which a fork takes the time and fresh randomness from the host and shows its boot_id. What is written
 * to urandom is mixed in but used only at the next reseeding, up to a minute later; the ioctl RNDRESEEDCRNG (0x5207)
 * brings that about, unless the kernel has a driver for vmgenid and did so itself. Source: Linux drivers/char/random.c
 * Each process that it starts costs an emulated guest tens of milliseconds.
 */
function awakening(user) {
    const asRoot = user === 'root' ? '' : 'sudo -n ';
    return `
set -e
echo awake
read -r now seed
${asRoot}date -s "@$now" >/dev/null
echo "$seed" >/dev/urandom
[ -e /sys/bus/acpi/drivers/vmgenid ] ||
${asRoot}perl -e 'open(POOL, ">", "/dev/urandom"); ioctl(POOL, 0x5207, 0) or die "RNDRESEEDCRNG: $!"' ||
${asRoot}python3 -c 'import fcntl; fcntl.ioctl(open("/dev/urandom", "w"), 0x5207)'
read -r boot </proc/sys/kernel/random/boot_id
echo "$boot"
`;
}
/** Milliseconds between attempts to log in. */
const pause = 200;
/** Bytes of an attempt's output that are kept. */
const awaken_limit = 4096;
/** What ssh itself gives when it got no command to run. Source: ssh(1). */
const sshTrouble = 255;
/**
 * Waits until a fork has corrected its clock and renewed its random pool, in one command over SSH, and gives its boot_id.
 * @throws {Failure} missing-tool when the guest has not what that takes
 */
async function awaken({ configFile, user, signal, onAttempt }) {
    for (;;) {
        const result = await runSsh(configFile, awakening(user), { signal, limit: awaken_limit, input: fromHost });
        const bootId = result.stdout.trim().split('\n').at(-1) ?? '';
        if (result.exitCode === 0 && uuid.test(bootId))
            return bootId;
        signal.throwIfAborted();
        if (result.exitCode !== sshTrouble && result.exitCode !== null)
            throw cannotAwaken(result.stderr);
        onAttempt(kindOf(result), result.stderr);
        await (0,promises_namespaceObject.setTimeout)(pause, undefined, { signal });
    }
}
/** Made when the guest already waits for it, so that the time is not that of before the connection. */
function fromHost() {
    return `${(Date.now() / 1000).toFixed(3)} ${(0,external_node_crypto_.randomBytes)(64).toString('hex')}\n`;
}
function cannotAwaken(stderr) {
    return new errors_Failure({
        class: 'missing-tool',
        message: 'a fork could not correct its clock and renew its random pool',
        advice: 'The user in the guest has to be root or have sudo without a password, and perl or python3.',
        evidence: stderr.trim().split('\n'),
    });
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/first-state.js


/** What there is to tell of a VM, in the state folder `folder`, before its QEMU has been started. */
function firstState(folder, plan) {
    const file = (name) => external_node_path_.join(folder, name);
    const { user, identityFile, knownHostsFile } = plan.ssh;
    return {
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
        // What was saved of a VM had been ready.
        timings: plan.fork ? { sshd: 0 } : { firmware: 0 },
    };
}

// EXTERNAL MODULE: ./.local/compiled/src/runtime/process-identity.js
var process_identity = __nccwpck_require__(245);
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
/** True when a process has been stopped by a signal. Source: proc(5), the state T. */
function isStopped(pid) {
    try {
        return (0,process_identity/* statOf */._N)(pid)[0] === 'T';
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/journal.js




/** What a guest that works is asked for its journal with, and the milliseconds it has to answer. */
const command = 'journalctl --boot --no-pager --lines=5000 2>&1';
const within = 4000;
/** Keeps the journal of a guest that is about to be ended though it works, in this working directory. */
async function saveJournal(configFile) {
    const { stdout } = await runSsh(configFile, command, { timeout: within });
    (0,external_node_fs_.mkdirSync)(state/* files */.aq.repro, { recursive: true, mode: 0o700 });
    (0,external_node_fs_.writeFileSync)(external_node_path_.join(state/* files */.aq.repro, state/* files */.aq.journal), stdout);
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
function formatDuration(milliseconds) {
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
/** QEMU's words for a sandbox that it was built without, or that the kernel refuses. Source: QEMU softmmu/vl.c, qemu-seccomp.c. */
const sandboxRefused = /-sandbox support is not enabled|failed to install seccomp/;
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
function bootDeadlineFailure(timeout, stage, attempt, hint) {
    const limit = formatDuration(timeout);
    if (attempt?.kind === 'auth') {
        return new errors_Failure({
            class: 'ssh-auth',
            message: `the guest refused the SSH key for ${limit}: ${attempt.stderr.trim()}`,
            advice: 'The key reaches the guest as the systemd credential ssh.authorized_keys.<user>; an image that does not take it needs ssh-key.',
        });
    }
    if (hint) {
        return new errors_Failure({
            class: hint.class,
            message: `the guest was not ready within ${limit}: ${hint.message}`,
            advice: hint.advice,
            evidence: [hint.line],
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
    suspicion;
    constructor(vm) {
        this.vm = vm;
    }
    /** The first line that did not prove the guest lost but may tell why it was not ready in time. */
    get hint() {
        return this.suspicion;
    }
    /** Undefined while nothing speaks against the guest. */
    get verdict() {
        return this.first?.();
    }
    /** A line of the console, which may not have ended yet. */
    read(line) {
        const { rules } = this.vm;
        const hint = this.suspicion ? undefined : rules.hintIn(line);
        if (hint)
            this.suspicion = { ...hint, line };
        const sign = this.first ? undefined : rules.signIn(line, this.vm.booting());
        if (!sign)
            return;
        const { class: kind, message, advice } = sign;
        this.condemn(() => {
            // It may have been recognised before the guest had ended the line, whose end may make it harmless.
            const whole = this.vm.tail().filter((told) => sign.pattern.test(told));
            const telling = whole.length === 0 ? line : whole.find((told) => !rules.allows(told));
            return telling === undefined
                ? undefined
                : new errors_Failure({ class: kind, message, advice, evidence: [telling] });
        }, true);
    }
    hear(event) {
        if (event.event === 'RESET') {
            this.resets += event.data?.guest === true ? 1 : 0;
            if (!this.vm.booting())
                this.vm.restarted();
            else if (this.resets >= resetLimit)
                this.vm.fail(bootLoop(this.resets));
            return;
        }
        const failure = eventFailure(event, this.vm.folder);
        if (failure)
            this.condemn(() => failure, event.event === 'GUEST_PANICKED');
    }
    /** @param own what the guest did to itself, and can get over with another start */
    condemn(verdict, own) {
        const first = (this.first ??= verdict);
        setTimeout(() => {
            const failure = first();
            const forgiven = own && this.vm.onTrial();
            if (failure && forgiven)
                this.vm.note(failure);
            else if (failure)
                this.vm.fail(failure);
            if ((!failure || forgiven) && this.first === first)
                this.first = undefined;
        }, lastWords).unref();
    }
}

;// CONCATENATED MODULE: external "node:fs/promises"
const external_node_fs_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/qemu.js



/**
 * Starts QEMU in `folder` as a process that cannot outlive this one.
 * @param deviceState the file that a fork goes on from
 */
function startQemu(machine, folder = '.', deviceState) {
    const [program = '', ...args] = dyingWithParent(qemuCommand(machine));
    const state = deviceState === undefined ? [] : [(0,external_node_fs_.openSync)(deviceState, 'r')];
    const child = (0,external_node_child_process_namespaceObject.spawn)(program, args, {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...state],
    });
    state.forEach(external_node_fs_.closeSync);
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

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/migration.js










/** Milliseconds between looks at whether a migration has ended. */
const migration_pause = 5;
/** Bytes a second; QEMU's default of 128 MiB is made for networks. Source: QEMU qapi/migration.json, max-bandwidth. */
const unlimited = 2 ** 40;
/** Memory that lies in a shared file stays there instead of being sent. Source: QEMU qapi/migration.json. */
const memoryStays = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };
/** Sockets in the folder of a snapshot while it is made. */
const sockets = { machine: 'machine.sock', devices: 'devices.sock' };
/**
 * Saves the running VM of this working directory in the folder `into`: memory, devices' state, disk, and the files it is
 * made of beside. It stands still meanwhile and then runs on. A second QEMU, the template, takes its state over and leaves
 * the memory in a file that any number of forks can map.
 */
async function save(original, machine, into) {
    const place = (name) => external_node_path_.join(into, name);
    for (const name of partsOf(machine))
        await (0,external_node_fs_promises_namespaceObject.copyFile)(name, place(name));
    const template = startQemu({
        ...machine,
        ...{ sshPort: 0, forward: [], vsockCid: null },
        resumed: { as: 'template', memoryFile: state/* files */.aq.memory },
    }, into);
    try {
        const qmp = await Qmp.open(template.qmp, () => undefined);
        await qmp.execute('migrate-incoming', { uri: `unix:${sockets.machine}` });
        await original.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
        await original.execute('stop');
        try {
            await original.execute('migrate', { uri: `unix:${place(sockets.machine)}` });
            await untilMigrated(original);
            await (0,external_node_fs_promises_namespaceObject.copyFile)(state/* files */.aq.overlay, place(state/* files */.aq.overlay), external_node_fs_promises_namespaceObject.constants.COPYFILE_FICLONE);
        }
        finally {
            await original.execute('cont');
        }
        await untilMigrated(qmp);
        await qmp.execute('migrate-set-capabilities', memoryStays);
        await writeDevices(qmp, place(sockets.devices), place(state/* files */.aq.deviceState));
    }
    catch (error) {
        throw new Error(`${String(error)} ${template.complaint()}`.trim(), { cause: error });
    }
    finally {
        template.process.kill('SIGKILL');
        await template.ended;
        for (const name of [...Object.values(sockets), state/* files */.aq.qmp])
            await (0,external_node_fs_promises_namespaceObject.rm)(place(name), { force: true });
    }
}
/** Lets the QEMU of a fork go on from the state at its descriptor. */
async function resume(fork) {
    await fork.execute('migrate-set-capabilities', memoryStays);
    await fork.execute('migrate-incoming', { uri: `fd:${stateDescriptor}` });
    await untilMigrated(fork);
    await fork.execute('cont');
}
/** @throws {Error} with QEMU's words when it failed */
async function untilMigrated(qmp) {
    for (;;) {
        const { status, 'error-desc': problem } = (await qmp.execute('query-migrate'));
        if (status === 'completed')
            return;
        if (status === 'failed')
            throw new Error(problem ?? 'QEMU could not pass the state of the VM on');
        await (0,promises_namespaceObject.setTimeout)(migration_pause);
    }
}
/** QEMU may start no process to write a file with, and opens none itself before release 8.2; it can reach a socket. */
async function writeDevices(qmp, socket, file) {
    const server = (0,external_node_net_namespaceObject.createServer)();
    const written = new Promise((resolve, reject) => {
        server.once('error', reject);
        server.once('connection', (client) => {
            (0,external_node_stream_promises_namespaceObject.pipeline)(client, (0,external_node_fs_.createWriteStream)(file, { mode: 0o600 })).then(resolve, reject);
        });
    });
    await new Promise((resolve) => server.listen(socket, resolve));
    try {
        await qmp.execute('migrate', { uri: `unix:${socket}` });
        await Promise.all([untilMigrated(qmp), written]);
    }
    finally {
        server.close();
    }
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/power-off.js

/** Milliseconds a guest has to power itself off, then QEMU to quit: within the 7.5 s a cancelled step is given. */
const powerdownWait = 4500;
const quitWait = 1000;
/**
 * Ends a QEMU: by the guest's own hand where it is `asked`, else by QMP, and by force when that takes too long.
 * @param over aborted when the VM has met its fate; then only force is left
 */
async function powerOff(qemu, qmp, { asked, over }) {
    const within = (milliseconds) => Promise.race([qemu?.ended, (0,promises_namespaceObject.setTimeout)(milliseconds, undefined, { signal: over, ref: false })]).catch(() => undefined);
    if (asked) {
        void qmp?.execute('system_powerdown').catch(() => undefined);
        await within(powerdownWait);
    }
    if (!over.aborted) {
        void qmp?.execute('quit').catch(() => undefined);
        await within(quitWait);
    }
    qemu?.process.kill('SIGKILL');
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/rest.js


/** Milliseconds between looks at how busy the guest is, and in which it has to come to rest. */
const rest_interval = 500;
const rest_within = 10_000;
/** CPUs' worth of work below which a guest is at rest; what a boot leaves to be done takes more than one. */
const atRest = 0.4;
/** Clock ticks in a second. Source: proc(5), sysconf(3): USER_HZ, which is 100 on every x86. */
const ticks = 100;
/**
 * Waits until the guest of a QEMU has nothing more to do, or 10 s have gone. What it still had to do when it is saved,
 * every fork would do again.
 */
async function untilAtRest(pid, signal) {
    const deadline = performance.now() + rest_within;
    for (let before = cpuSeconds(pid); performance.now() < deadline;) {
        await (0,promises_namespaceObject.setTimeout)(rest_interval, undefined, { signal });
        const now = cpuSeconds(pid);
        if ((now - before) / (rest_interval / 1000) < atRest)
            return;
        before = now;
    }
}
/** CPU seconds that a process has taken. Source: proc(5), utime and stime. */
function cpuSeconds(pid) {
    const fields = (0,process_identity/* statOf */._N)(pid);
    return (Number(fields[11]) + Number(fields[12])) / ticks;
}

;// CONCATENATED MODULE: ./.local/compiled/src/vm/supervisor/restarts.js
/** Restarts that are kept: an upgrade that is rolled back has four, a guest that restarts without end has any number. */
const kept = 10;
/** Keeps account of a guest that restarts after it has been ready. */
class Restarts {
    elapsed;
    publish;
    list = [];
    /** @param elapsed seconds since QEMU was started */
    constructor(elapsed, publish) {
        this.elapsed = elapsed;
        this.publish = publish;
    }
    begin() {
        this.change([...this.list, { at: rounded(this.elapsed()), timings: { firmware: 0 } }]);
    }
    reach(stage) {
        const last = this.list.at(-1);
        if (last === undefined || stage in last.timings)
            return;
        this.update({ timings: { ...last.timings, [stage]: rounded(this.elapsed() - last.at) } });
    }
    /** The first failure of a start stands; what comes later is a consequence. */
    fail(failure) {
        if (this.list.at(-1)?.failure === undefined)
            this.update({ failure });
    }
    update(change) {
        const last = this.list.at(-1);
        if (last !== undefined)
            this.change([...this.list.slice(0, -1), { ...last, ...change }]);
    }
    change(list) {
        this.list = list.slice(-kept);
        this.publish(this.list);
    }
}
function rounded(seconds) {
    return Number(seconds.toFixed(3));
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
            if (request && Object.hasOwn(this.on, request.request))
                this.on[request.request](client, request);
        });
    }
}
function answer(client, outcome) {
    client.write(`${JSON.stringify(outcome)}\n`);
}
function requestIn(line) {
    try {
        return JSON.parse(line);
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
/** Milliseconds between looks whether the state folder is still there. */
const folderGlance = 1000;
/** How often another vsock CID is tried. */
const cidTries = 5;
/** Owns one VM: starts QEMU, watches the console and QMP, decides on ready or failed, and ends QEMU. */
class Supervisor {
    folder;
    plan;
    state;
    server;
    console;
    judge;
    restarts;
    over = new AbortController();
    started = performance.now();
    qemu;
    qmp;
    lastAttempt;
    sandbox;
    stopping = false;
    leased = false;
    trials = 0;
    /** Settled when the VM is not being saved. */
    saved = Promise.resolve();
    constructor(folder, plan) {
        this.folder = folder;
        this.plan = plan;
        this.sandbox = plan.machine.sandbox;
        this.state = firstState(folder, plan);
        this.console = new ConsoleLog(this.state.console, plan.consoleLimit, (line) => {
            this.read(line);
        }, () => this.elapsed());
        this.judge = new Judge({
            folder,
            rules: new ConsoleReader(plan.consoleRules),
            booting: () => this.state.state === 'booting',
            onTrial: () => this.trials > 0,
            tail: () => this.console.tail(),
            fail: (failure) => {
                this.fail(failure);
            },
            note: (failure) => {
                this.restarts.fail(failure.toReport());
            },
            restarted: () => {
                this.restarts.begin();
            },
        });
        this.restarts = new Restarts(() => this.elapsed(), (restarts) => {
            this.publish({ restarts });
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
            trial: (client) => {
                this.trials += 1;
                client.once('close', () => (this.trials -= 1));
            },
            booted: (_client, { bootId = '' }) => {
                if (uuid.test(bootId))
                    this.publish({ bootId });
            },
            fork: (client, { id = '', into = '' }) => {
                void this.save(into).then((outcome) => {
                    answer(client, { id, ...outcome });
                });
            },
            console: (client, { id = '' }) => {
                // What QEMU had written by now is read in the next turn at the latest.
                setImmediate(() => setImmediate(answer, client, { id }));
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
        this.watchFolder();
        this.after(this.plan.bootTimeout, () => {
            if (this.state.state === 'booting') {
                this.fail(bootDeadlineFailure(this.plan.bootTimeout, this.stage(), this.lastAttempt, this.judge.hint));
            }
        });
        if (this.plan.fork)
            void this.endWith(this.plan.fork.of);
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
        // A fork is made to be thrown away.
        const asked = this.state.state === 'ready' && !this.plan.fork;
        void powerOff(this.qemu, this.qmp, { asked, over: this.over.signal });
    }
    /** Ends a fork when its original has ended. */
    async endWith(original) {
        const client = await SupervisorClient.connect(original).catch(() => undefined);
        await client?.gone;
        this.stop();
    }
    /** Saves the VM, once at a time, and gives what came of it. */
    save(into) {
        const saved = this.saved.then(async () => {
            const { qemu, qmp } = this;
            if (!qemu || !qmp || this.state.state !== 'ready')
                return { error: 'the VM is not ready' };
            try {
                await untilAtRest(qemu.pid, this.over.signal);
                await save(qmp, { ...this.plan.machine, sandbox: this.sandbox }, into);
                // The guest stood still meanwhile, and its clock with it.
                await awaken(this.login());
                return {};
            }
            catch (error) {
                return { error: `the VM could not be saved: ${String(error)}` };
            }
        });
        this.saved = saved;
        return saved;
    }
    elapsed() {
        return (performance.now() - this.started) / 1000;
    }
    /** Without its folder nobody can reach the VM any more. */
    watchFolder() {
        this.after(folderGlance, () => {
            if ((0,external_node_fs_.existsSync)(state/* files */.aq.state))
                this.watchFolder();
            else
                this.fail(new errors_Failure({ class: 'qemu-exit', message: `the VM's state folder has gone: ${this.folder}` }));
        });
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
    /**
     * Nothing reserves a vsock CID before QEMU does, so one that turns out to be taken is tried again with another; and
     * only QEMU itself tells whether it has a sandbox.
     */
    async live() {
        for (let tries = cidTries;; tries -= 1) {
            const qemu = this.start();
            const how = await qemu.ended;
            if (tries > 0 && !this.stopping && this.canDoWithout(qemu.complaint()))
                continue;
            this.fail(this.judge.verdict ?? complaintFailure(qemu.complaint(), how));
            return;
        }
    }
    /** Settles for less where QEMU could not have what was wanted. False when that was not the trouble. */
    canDoWithout(complaint) {
        if (this.plan.anyVsockCid && vsockCidTaken.test(complaint))
            this.publish({ vsockCid: anyCid() });
        else if (this.sandbox && sandboxRefused.test(complaint))
            this.sandbox = false;
        else
            return false;
        return true;
    }
    start() {
        const machine = { ...this.plan.machine, vsockCid: this.state.vsockCid, sandbox: this.sandbox };
        const qemu = startQemu(machine, this.folder, this.plan.fork?.deviceState);
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
        if (this.plan.fork)
            await resume(qmp);
        const login = this.login();
        const onListening = () => {
            this.reach('sshd');
        };
        const bootId = await (this.plan.fork ? awaken(login) : untilReady({ ...login, qmp, port, onListening }));
        if (this.state.state !== 'booting')
            return;
        this.reach('ready');
        this.publish({ state: 'ready', bootId });
    }
    login() {
        return {
            configFile: this.state.ssh.configFile,
            user: this.state.ssh.user,
            signal: this.over.signal,
            onAttempt: (kind, stderr) => {
                this.lastAttempt = { kind, stderr };
                if (kind === 'host-key')
                    this.fail(brokenHostKey(stderr));
            },
        };
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
        const stage = stageOf(line);
        if (stage && this.state.state === 'booting')
            this.reach(stage);
        else if (stage)
            this.restarts.reach(stage);
        this.judge.read(line);
    }
    /** Settles the VM's fate once; what comes later is a consequence. */
    fail(failure) {
        if (this.over.signal.aborted)
            return;
        this.over.abort();
        const works = this.state.state === 'ready' && ['console', 'lifetime'].includes(failure.class);
        if (this.stopping)
            this.publish({ state: 'stopped' });
        else {
            const evidence = [...failure.evidence, ...this.console.tail()];
            const stage = this.state.state === 'booting' ? { stage: this.stage() } : {};
            this.publish({ state: 'failed', failure: { ...failure.toReport(), ...stage, evidence } });
        }
        const journal = works && !this.stopping ? saveJournal(this.state.ssh.configFile) : Promise.resolve();
        void journal.catch(console.error).then(() => this.qemu?.process.kill('SIGKILL'));
    }
    end() {
        this.console.end();
        try {
            if (this.state.state === 'failed')
                keepRepro(this.folder);
        }
        catch (error) {
            console.error(error);
        }
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
