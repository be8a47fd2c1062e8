import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useChildRef, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {DeskCard} from "./desk_card";
import {DeskModel} from "./desk_model";
import {DeskOutcomes} from "./desk_outcomes";
import {DeskQueue} from "./desk_queue";
import {choose, getDefaults, isAtOnce} from "./outcome_values";

const DIGITS = "123456789".split("");
const TICK_MS = 15000;
const CHANGED = "salon.call/changed";

/** The receptionist's screen with a phone at her ear: everything by keyboard. */
export class CallDesk extends Component {
    static template = "salon_reminders.CallDesk";
    static components = {DeskCard, DeskOutcomes, DeskQueue};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.hotkeys = useService("hotkey");
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
        useEffect(
            () => this.listen(),
            () => [this.desk.outcomes]
        );
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
        if (this.desk.card) {
            this.desk.server.call("release_call", [this.desk.card.id]);
        }
    }

    // ---- keys ----

    /** Registers the keys of the desk; returns what takes them away again. */
    listen() {
        const noForm = {isAvailable: () => !this.desk.form};
        // A form that is being sent is no longer typed in.
        const noFormLeft = {
            isAvailable: () => !this.desk.form || this.desk.server.busy,
        };
        const keys = [
            [
                "arrowdown",
                () => this.desk.queue.move(1),
                {...noForm, allowRepeat: true},
            ],
            ["arrowup", () => this.desk.queue.move(-1), {...noForm, allowRepeat: true}],
            ["arrowright", () => this.focusNote(), {isAvailable: () => this.desk.card}],
            ["enter", () => this.onEnter(), {}],
            ["control+enter", () => this.onEnter(), {bypassEditableProtection: true}],
            ["escape", () => this.onEscape(), {}],
            ["z", () => this.undo(), noFormLeft],
            ["pagedown", () => this.next(), noForm],
        ];
        for (const outcome of this.desk.outcomes.filter(({key}) => key)) {
            keys.push([outcome.key, () => this.onOutcomeKey(outcome), noForm]);
        }
        for (const digit of DIGITS) {
            keys.push([digit, () => this.onDigit(Number(digit) - 1), {}]);
        }
        const removers = keys.map((key) => this.hotkeys.add(...key));
        return () => removers.forEach((remove) => remove());
    }

    focusNote() {
        if (this.noteRef.el) {
            this.noteRef.el.focus();
        }
    }

    onEnter() {
        if (this.desk.form) {
            this.formRef.el.requestSubmit();
        } else if (
            !this.desk.card ||
            this.desk.card.id !== this.desk.queue.selectedId
        ) {
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

    async open(callId) {
        return this.desk.take(callId);
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

registry.category("actions").add("salon_call_desk", CallDesk);
