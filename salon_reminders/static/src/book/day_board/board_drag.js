import {makeDraggableHook} from "@web/core/utils/draggable_hook_builder_owl";
import {minuteAt} from "./board_geometry";
import {pick} from "@web/core/utils/objects";

const COLUMN = ".o_salon_board_column";
const CARD = ".o_salon_board_card";

const getDrag = ({ctx}) => pick(ctx.current, "element", "initialPosition", "offset");

/** Dragging that leaves the thing where it is: the board shows where it would go. */
const useGhostDraggable = makeDraggableHook({
    name: "useGhostDraggable",
    defaultParams: {
        // So far the pointer must go before a click becomes a drag.
        tolerance: 6,
        // On a screen that is touched, a finger scrolls unless it rests first.
        touchDelay: 350,
        // So near to an edge the board scrolls.
        edgeScrolling: {speed: 10, threshold: 40},
    },
    onComputeParams: ({ctx}) => {
        ctx.followCursor = false;
    },
    onDragStart: getDrag,
    onDrag: getDrag,
    onDrop: getDrag,
    onDragEnd: getDrag,
});

/** Moves a card to another time or another stylist. */
export function useCardMove(board) {
    let move = null;
    const follow = ({x, y}) => {
        const {card, grip} = move;
        const {id, top} = getColumn(board.area.el, x) || move.target;
        move.target = {id, top};
        const from = minuteAt(y - grip - top, board.data, Math.round);
        const ghost = {id, from, to: from + card.to - card.from};
        Object.assign(board.state.moving, ghost);
    };
    useGhostDraggable({
        ref: board.area,
        elements: `${CARD}[data-movable]`,
        ignore: "button",
        onDragStart: ({element, offset, x, y}) => {
            const column = readColumn(element.closest(COLUMN));
            const {cards} = board.data.columns.find(({id}) => id === column.id);
            const card = cards.find(({key}) => key === element.dataset.key);
            move = {card, fromId: column.id, grip: offset.y, target: column};
            board.state.moving = {key: card.key};
            follow({x, y});
        },
        onDrag: follow,
        onDrop: (pointer) => {
            follow(pointer);
            const {card, fromId} = move;
            const {id, from} = board.state.moving;
            if (id !== fromId || from !== card.from) {
                board.moveCard(card, fromId, id, from);
            }
        },
        onDragEnd: () => {
            board.state.moving = null;
        },
    });
}

/** Draws a new visit over free time. */
export function useVisitDraw(board) {
    let start = null;
    const follow = ({element, y}) => {
        const {top} = readColumn(element);
        const to = minuteAt(y - top, board.data, Math.ceil);
        board.state.draft.to = Math.max(to, start + board.data.step);
    };
    useGhostDraggable({
        ref: board.area,
        elements: COLUMN,
        ignore: `${CARD}, button`,
        onDragStart: ({element, initialPosition, y}) => {
            const {id, top} = readColumn(element);
            start = minuteAt(initialPosition.y - top, board.data);
            board.state.draft = {id, from: start};
            follow({element, y});
        },
        onDrag: follow,
        onDrop: (pointer) => {
            follow(pointer);
            const {id, from, to} = board.state.draft;
            // Stays drawn until the visit is booked or given up.
            start = null;
            board.newVisit(id, from, to);
        },
        onDragEnd: () => {
            if (start !== null) {
                start = null;
                board.state.draft = null;
            }
        },
    });
}

/** The column under the pointer, if any. */
function getColumn(area, x) {
    const columns = [...area.querySelectorAll(COLUMN)].map(readColumn);
    return columns.find(({left, right}) => left <= x && x < right);
}

function readColumn(el) {
    const {left, right, top} = el.getBoundingClientRect();
    return {id: Number(el.dataset.id), left, right, top};
}
