import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {formatMonetary} from "@web/views/fields/formatters";

// So many pixels above the end the next page is fetched.
const NEAR_END = 400;

/** The left side: today's calls, what was logged today, the counters. */
export class DeskQueue extends Component {
    static template = "salon_reminders.DeskQueue";
    static props = {desk: Object, onOpen: Function, onUndo: Function};

    setup() {
        this.state = useState({tab: "todo"});
        this.list = useRef("list");
        useEffect(
            () => {
                const row =
                    this.list.el && this.list.el.querySelector(".o_salon_selected");
                if (row) {
                    row.scrollIntoView({block: "nearest"});
                    this.bringFocus(row);
                }
            },
            () => [this.queue.selectedId]
        );
    }

    /** Enter acts on what is focused: in the list that is the chosen row. */
    bringFocus(row) {
        if (this.list.el.contains(document.activeElement)) {
            row.focus();
        }
    }

    get desk() {
        return this.props.desk;
    }

    get queue() {
        return this.desk.queue;
    }

    get counters() {
        return this.queue.counters;
    }

    /** What she spent, without cents. */
    value(call) {
        const options = {currencyId: this.desk.currency_id, digits: [16, 0]};
        return call.value ? formatMonetary(call.value, options) : "";
    }

    onScroll({target}) {
        if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END) {
            this.queue.loadMore();
        }
    }

    rowClass(call) {
        return {
            o_salon_selected: call.id === this.queue.selectedId,
            o_salon_waiting: call.waiting,
            o_salon_taken: call.claimed_by && !call.claimed_by_me,
            o_salon_open: this.desk.isOpen(call.id),
        };
    }
}
