import {
    Component,
    EventBus,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useState,
    useSubEnv,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {getActiveHotkey} from "@web/core/hotkeys/hotkey_service";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useChildRef, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {DeskCard} from "./desk_card";
import {DeskModel} from "./desk_model";
import {DeskOutcomes} from "./desk_outcomes";
import {DeskQueue} from "./desk_queue";
import {LetterKeys, UNDO_KEY} from "./letter_keys";
import {choose, getDefaults, isAtOnce} from "./outcome_values";

const DIGITS = "123456789".split("");
const TICK_MS = 15000;
const CHANGED = "salon.call/changed";
// Where Enter does what the browser does with it.
const ON_ENTER = "button, a[href], summary";
const ENDING = ["Enter", "Escape"];
const MODIFIERS = ["Alt", "AltGraph", "CapsLock", "Control", "Meta", "Shift"];
const TYPED_IN = "input, textarea, select, [contenteditable]";
const TICKED = "input[type=checkbox], input[type=radio]";

/** The receptionist's screen with a phone at her ear: everything by keyboard. */
export class CallDesk extends Component {
    static template = "salon_reminders.CallDesk";
    static components = {DeskCard, DeskOutcomes, DeskQueue};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.hotkeys = useService("hotkey");
        this.ui = useService("ui");
        this.noteRef = useChildRef();
        this.formRef = useChildRef();
        const model = new DeskModel(useService("orm"), this.notify.bind(this));
        this.desk = useState(model);
        this.followColleagues(useService("bus_service"));
        onWillStart(() => this.desk.open());
        onMounted(() => this.start());
        onWillUnmount(() => this.stop());
        const touch = () => (this.desk.lastTouch = Date.now());
        useExternalListener(window, "keydown", touch);
        useExternalListener(window, "pointerdown", touch);
        this.listenToLetters();
        useEffect(
            () => this.listen(),
            () => []
        );
    }

    /** Before the other keys, which may follow a letter that still waits. */
    listenToLetters() {
        const capture = {capture: true};
        const letters = new LetterKeys(
            this.onLetter.bind(this),
            this.onWord.bind(this)
        );
        this.letters = useState(letters);
        // What stands on the card has keys of its own, which wait as all letters do.
        useSubEnv({deskKeys: new EventBus()});
        useExternalListener(window, "keydown", this.onKeydown, capture);
        useExternalListener(window, "pointerdown", () => this.letters.flush(), capture);
    }

    /** What changes meanwhile is read soon, several changes at once. */
    followColleagues(bus) {
        const follow = useDebounced(() => this.desk.follow(), 200);
        const onChange = (data) => this.desk.queue.heed(data) && follow();
        useEffect(
            () => {
                bus.subscribe(CHANGED, onChange);
                return () => bus.unsubscribe(CHANGED, onChange);
            },
            () => []
        );
    }

    start() {
        // Who comes from another screen for one call gets it at once.
        const {call_id: callId} = this.props.action.context || {};
        if (callId) {
            this.open(callId);
        }
        this.timer = browser.setInterval(() => this.tick(), TICK_MS);
    }

    async tick() {
        await this.desk.keepClaim();
        await this.desk.queue.keepTime();
    }

    stop() {
        browser.clearInterval(this.timer);
        this.letters.drop();
        if (this.desk.card) {
            this.desk.server.call("release_call", [this.desk.card.id]);
        }
    }

    // ---- keys ----

    /** Registers the keys of the desk; returns what takes them away again. */
    listen() {
        const noForm = {isAvailable: () => !this.desk.form};
        const noButton = {isAvailable: (target) => !target.closest?.(ON_ENTER)};
        const keys = [
            [
                "arrowdown",
                () => this.desk.queue.move(1),
                {...noForm, allowRepeat: true},
            ],
            ["arrowup", () => this.desk.queue.move(-1), {...noForm, allowRepeat: true}],
            ["arrowright", () => this.focusNote(), {isAvailable: () => this.desk.card}],
            ["enter", () => this.onEnter(), noButton],
            ["control+enter", () => this.onEnter(), {bypassEditableProtection: true}],
            ["escape", () => this.onEscape(), {}],
            ["pagedown", () => this.next(), noForm],
        ];
        for (const digit of DIGITS) {
            keys.push([digit, () => this.onDigit(Number(digit) - 1), {}]);
        }
        const removers = keys.map((key) => this.hotkeys.add(...key));
        return () => removers.forEach((remove) => remove());
    }

    /** Takes letters that go into no field; any other key ends the waiting of one. */
    onKeydown(ev) {
        const {letters} = this;
        if (ev.repeat || MODIFIERS.includes(ev.key) || !this.isHeard(ev)) {
            return;
        }
        if (isTyped(ev, letters.pending)) {
            ev.preventDefault();
            letters.press(getActiveHotkey(ev), ev.key);
        } else if (letters.pending && ENDING.includes(ev.key)) {
            // Meant for the letter: the form that it opens is not there yet.
            ev.preventDefault();
            ev.stopImmediatePropagation();
            this.endLetter(ev.key);
        } else {
            letters.flush();
        }
    }

    isHeard({target, isComposing}) {
        const isField = target.matches?.(TYPED_IN) && !target.matches(TICKED);
        const {activeElement, isBlocked} = this.ui;
        return !isField && !isComposing && !isBlocked && activeElement === document;
    }

    endLetter(key) {
        if (key === "Escape") {
            this.letters.drop();
        } else {
            this.letters.flush();
        }
    }

    onLetter(key) {
        const {form, server} = this.desk;
        // A form that is being sent is no longer typed in.
        if (key === UNDO_KEY && (!form || server.busy)) {
            this.undo();
        }
        const outcome = this.desk.outcomes.find((one) => one.key === key);
        if (outcome && !form) {
            this.onOutcomeKey(outcome);
        }
        this.env.deskKeys.trigger("key", key);
    }

    /** A word goes into the note, and what is typed after it, too. */
    onWord(text) {
        const {el} = this.noteRef;
        if (el && this.desk.addToNote(text)) {
            // At once: the next letter is typed before the note is drawn anew.
            el.value = this.desk.note;
            el.focus();
        }
    }

    focusNote() {
        if (this.noteRef.el) {
            this.noteRef.el.focus();
        }
    }

    onEnter() {
        if (this.desk.form) {
            this.formRef.el.requestSubmit();
        } else {
            this.open(this.desk.queue.selectedId);
        }
    }

    onEscape() {
        const note = this.noteRef.el;
        if (note && note === document.activeElement) {
            note.blur();
        } else if (this.desk.form) {
            this.cancel();
        } else if (this.desk.card) {
            this.desk.leave();
        }
    }

    /** The key of an outcome also opens the chosen call when none is open. */
    async onOutcomeKey(outcome) {
        const isOpen = this.desk.card && this.desk.card.state === "open";
        if (isOpen || (await this.open(this.desk.queue.selectedId))) {
            this.startOutcome(outcome);
        }
    }

    onDigit(index) {
        const {form, card} = this.desk;
        if (!form && card && card.proposals[index]) {
            this.takeProposal(index);
        } else if (form && form.outcome.kind === "declined" && index < 2) {
            choose(this.desk, {id: index === 1});
        } else if (
            form &&
            form.outcome.kind === "left_us" &&
            this.desk.reasons[index]
        ) {
            choose(this.desk, this.desk.reasons[index]);
        }
    }

    // ---- steps ----

    /** The call that is open already is left alone, unless something went wrong. */
    async open(callId) {
        const {isExpired, server} = this.desk;
        const isHere = this.desk.isOpen(callId) && !isExpired && !server.error;
        return isHere || this.desk.take(callId);
    }

    startOutcome(outcome) {
        if (this.desk.isBusy) {
            return;
        }
        if (isAtOnce(outcome)) {
            this.desk.log(outcome, {});
            return;
        }
        this.desk.closeForm();
        const values = getDefaults(outcome, this.desk.card, this.desk.timezone);
        this.desk.form = {outcome, values};
    }

    takeProposal(index) {
        const proposal = this.desk.card.proposals[index];
        const outcome = this.desk.outcomes.find(({kind}) => kind === "booked");
        if (outcome && !this.desk.isBusy) {
            this.startOutcome(outcome);
            Object.assign(this.desk.form.values, {
                day: proposal.day,
                hour: proposal.hour,
                stylist_id: proposal.stylist_id,
            });
        }
    }

    save() {
        const {outcome, values} = this.desk.form;
        return this.desk.log(outcome, {...values});
    }

    cancel() {
        this.desk.closeForm();
    }

    next() {
        return this.desk.putOff();
    }

    undo(attemptId) {
        return attemptId ? this.desk.undo(attemptId) : this.desk.undoLast();
    }

    openClient() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: this.desk.card.partner_id,
            views: [[false, "form"]],
        });
    }

    notify(text, kind, attemptId) {
        if (kind === "taken") {
            const message = _t("%s has this client on the phone.", text);
            this.notification.add(message, {type: "warning"});
            return;
        }
        const close = this.notification.add(text, {
            type: "success",
            buttons: [
                {
                    name: _t("Undo (Z)"),
                    onClick: () => {
                        close();
                        this.undo(attemptId);
                    },
                },
            ],
        });
    }
}

/** Tells whether a key writes something; in a word other signs do, too. */
function isTyped(ev, isInWord) {
    const isCommand = ev.ctrlKey || ev.altKey || ev.metaKey;
    if (ev.key.length > 1 || (isCommand && !ev.getModifierState("AltGraph"))) {
        return false;
    }
    return isInWord ? !/\d/.test(ev.key) : /\p{L}/u.test(ev.key);
}

registry.category("actions").add("salon_call_desk", CallDesk);
