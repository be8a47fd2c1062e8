import {onMounted, onWillUnmount} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

const SNAP = 15;
// So far the pointer must go before a click becomes a drag.
const THRESHOLD = 6;
// On a screen that is touched, a finger scrolls unless it rests first.
const LONG_PRESS_MS = 350;
// So near to an edge the board scrolls, by so much a frame.
const EDGE = 40;
const SCROLL = 10;

/**
 * Dragging on the day board: a card to another time or stylist, or over free time
 * to draw a new visit. One way for mouse, pen and finger.
 */
export function useBoardDrag(board) {
    let drag = null;

    const columnAt = (x, y) => {
        const found = document.elementsFromPoint(x, y);
        return found.find((el) => el.classList.contains("o_salon_board_column"));
    };
    const minuteAt = (column, y, round = Math.floor) => {
        const {opens, closes} = board.data;
        const minute = opens + (y - column.getBoundingClientRect().top) / board.scale;
        const snapped = round(minute / SNAP) * SNAP;
        return Math.min(Math.max(snapped, opens), closes);
    };
    const find = (column, key) => {
        const data = board.data.columns.find(
            ({id}) => id === Number(column.dataset.id)
        );
        return data.cards.find((card) => card.key === key);
    };

    const begin = () => {
        drag.active = true;
        const {column, el} = drag;
        if (el) {
            drag.card = find(column, el.dataset.key);
            const top = el.getBoundingClientRect().top;
            drag.grip = drag.y - top;
        } else {
            drag.from = minuteAt(column, drag.y);
        }
        follow(drag.last);
        browser.requestAnimationFrame(scroll);
    };

    const follow = (ev) => {
        if (drag.card) {
            const column = columnAt(ev.clientX, ev.clientY) || drag.target;
            drag.target = column;
            const from = minuteAt(column, ev.clientY - drag.grip, Math.round);
            const length = drag.card.to - drag.card.from;
            board.state.moving = {
                key: drag.card.key,
                id: Number(column.dataset.id),
                from,
                to: from + length,
            };
        } else {
            const to = Math.max(
                minuteAt(drag.column, ev.clientY, Math.ceil),
                drag.from
            );
            board.state.draft = {
                id: Number(drag.column.dataset.id),
                from: drag.from,
                to: Math.max(to, drag.from + SNAP),
            };
        }
    };

    /** Scrolls while something is held near an edge, so that all can be reached. */
    const scroll = () => {
        if (!drag || !drag.active) {
            return;
        }
        const {last} = drag;
        const area = board.board.el.querySelector(".o_salon_board_scroll");
        const {left, right, top, bottom} = area.getBoundingClientRect();
        const step = (low, high) => (high < EDGE ? SCROLL : low < EDGE ? -SCROLL : 0);
        const before = [area.scrollLeft, area.scrollTop];
        area.scrollBy(
            step(last.clientX - left, right - last.clientX),
            step(last.clientY - top, bottom - last.clientY)
        );
        if (before[0] !== area.scrollLeft || before[1] !== area.scrollTop) {
            follow(last);
        }
        browser.requestAnimationFrame(scroll);
    };

    const finish = async ({card, column}) => {
        const {moving, draft} = board.state;
        const fromId = Number(column.dataset.id);
        if (card && moving) {
            board.state.moving = null;
            if (moving.id !== fromId || moving.from !== card.from) {
                await board.moveCard(card, fromId, moving.id, moving.from);
            }
        } else if (draft) {
            await board.newVisit(draft.id, draft.from, draft.to);
        }
    };

    const click = async ({el, column}, ev) => {
        if (el) {
            board.openVisit(find(column, el.dataset.key));
        } else if (column) {
            await board.newVisit(
                Number(column.dataset.id),
                minuteAt(column, ev.clientY)
            );
        }
    };

    const onDown = (ev) => {
        const column = ev.target.closest(".o_salon_board_column");
        if (!column || ev.button || ev.target.closest("button")) {
            return;
        }
        const el = ev.target.closest(".o_salon_board_card");
        drag = {column, target: column, el, x: ev.clientX, y: ev.clientY, last: ev};
        drag.canMove = !el || el.dataset.open === "1";
        if (ev.pointerType === "touch") {
            drag.touch = true;
            const start = () => drag && drag.canMove && begin();
            drag.timer = browser.setTimeout(start, LONG_PRESS_MS);
        } else {
            ev.preventDefault();
        }
    };
    const onMove = (ev) => {
        if (!drag) {
            return;
        }
        const far = Math.hypot(ev.clientX - drag.x, ev.clientY - drag.y) > THRESHOLD;
        if (!drag.active && far) {
            if (drag.touch || !drag.canMove) {
                return stop();
            }
            begin();
        }
        if (drag.active) {
            drag.last = ev;
            follow(ev);
        }
    };
    const onUp = async (ev) => {
        const ended = drag;
        if (!ended) {
            return;
        }
        // Over before anything is asked: the pointer then belongs to the dialog.
        drag = null;
        browser.clearTimeout(ended.timer);
        await (ended.active ? finish(ended) : click(ended, ev));
    };
    const stop = () => {
        if (drag) {
            browser.clearTimeout(drag.timer);
        }
        drag = null;
        board.state.moving = null;
    };
    const onKey = (ev) => {
        if (ev.key === "Escape" && drag) {
            board.state.draft = null;
            stop();
        }
    };
    // While a card hangs on the finger, the page must not scroll.
    const onTouch = (ev) => drag && drag.active && ev.preventDefault();

    onMounted(() => {
        const el = board.board.el;
        el.addEventListener("pointerdown", onDown);
        el.addEventListener("touchmove", onTouch, {passive: false});
        window.addEventListener("pointermove", onMove);
        window.addEventListener("pointerup", onUp);
        window.addEventListener("pointercancel", stop);
        window.addEventListener("keydown", onKey);
    });
    onWillUnmount(() => {
        window.removeEventListener("pointermove", onMove);
        window.removeEventListener("pointerup", onUp);
        window.removeEventListener("pointercancel", stop);
        window.removeEventListener("keydown", onKey);
    });
}
