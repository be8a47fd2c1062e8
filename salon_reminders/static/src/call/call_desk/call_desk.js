import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";
import {DeskCard} from "./desk_card";
import {DeskModel} from "./desk_model";
import {DeskOutcomes} from "./desk_outcomes";
import {DeskQueue} from "./desk_queue";
import {choose} from "./outcome_form";

// Logged at once; they can be undone. The others ask for something first.
const AT_ONCE = ["no_answer", "wrong_number"];
const DIGITS = "123456789".split("");
const TICK_MS = 15000;

/** The receptionist's screen with a phone at her ear: everything by keyboard. */
export class CallDesk extends Component {
    static template = "salon_reminders.CallDesk";
    static components = {DeskCard, DeskOutcomes, DeskQueue};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.hotkeys = useService("hotkey");
        const model = new DeskModel(useService("orm"), this.notify.bind(this));
        this.desk = useState(model);
        this.bus = useService("bus_service");
        const follow = useDebounced(() => this.desk.follow(), 200);
        this.onBus = (data) => this.desk.heed(data) && follow();
        onWillStart(() => this.desk.open());
        onMounted(() => this.start());
        onWillUnmount(() => this.stop());
        useEffect(
            () => this.listen(),
            () => [this.desk.outcomes]
        );
    }

    start() {
        this.bus.subscribe("salon.call/changed", this.onBus);
        this.touch = () => (this.desk.lastTouch = Date.now());
        window.addEventListener("keydown", this.touch);
        window.addEventListener("pointerdown", this.touch);
        // Who comes from another screen for one call gets it at once.
        const {call_id: callId} = this.props.action.context || {};
        if (callId) {
            this.open(callId);
        }
        this.timer = browser.setInterval(() => this.tick(), TICK_MS);
    }

    async tick() {
        await this.desk.keepClaim();
        await this.desk.keepTime();
    }

    stop() {
        this.bus.unsubscribe("salon.call/changed", this.onBus);
        window.removeEventListener("keydown", this.touch);
        window.removeEventListener("pointerdown", this.touch);
        browser.clearInterval(this.timer);
        if (this.desk.card) {
            this.desk.request("release_call", [this.desk.card.id]);
        }
    }

    // ---- keys ----

    /** Registers the keys of the desk; returns what takes them away again. */
    listen() {
        const noForm = {isAvailable: () => !this.desk.form};
        // A form that is being sent is no longer typed in.
        const noFormLeft = {isAvailable: () => !this.desk.form || this.desk.busy};
        const keys = [
            ["arrowdown", () => this.desk.move(1), {...noForm, allowRepeat: true}],
            ["arrowup", () => this.desk.move(-1), {...noForm, allowRepeat: true}],
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
        const note = document.querySelector(".o_salon_note");
        if (note) {
            note.focus();
        }
    }

    onEnter() {
        if (this.desk.form) {
            const form = document.querySelector(".o_salon_form");
            form.requestSubmit();
        } else if (!this.desk.card || this.desk.card.id !== this.desk.selectedId) {
            this.open(this.desk.selectedId);
        }
    }

    onEscape() {
        const note = document.activeElement;
        if (note && note.classList.contains("o_salon_note")) {
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
        if (isOpen || (await this.open(this.desk.selectedId))) {
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
        if (AT_ONCE.includes(outcome.kind)) {
            this.desk.log(outcome, {});
            return;
        }
        this.desk.error = "";
        this.desk.question = "";
        this.desk.form = {outcome, values: this.getDefaults(outcome)};
    }

    getDefaults({kind}) {
        const {card, timezone} = this.desk;
        if (kind === "booked") {
            return {
                day: "",
                hour: "",
                stylist_id: card.stylist_id,
                product_ids: card.services.map((service) => service.id),
            };
        }
        if (kind === "call_back") {
            const now = luxon.DateTime.now().setZone(timezone);
            const hour = card.usual_hour || now.hour;
            return {
                day: now.plus({days: 1}).toISODate(),
                hour: `${String(hour).padStart(2, "0")}:00`,
                confirmed: false,
            };
        }
        return kind === "declined"
            ? {stop: false}
            : {reason_id: false, bring_back: "", gift: ""};
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
        this.desk.form = null;
        this.desk.question = "";
        this.desk.error = "";
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
