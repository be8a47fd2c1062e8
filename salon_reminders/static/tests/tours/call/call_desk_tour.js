import {registry} from "@web/core/registry";

const DESK = ".o_salon_desk";
const card = (client) => `${DESK} .o_salon_name:contains('${client}')`;
const counter = (name, value) =>
    `${DESK} [data-counter='${name}'] b:contains('${value}')`;

const press = (key, content, trigger) => ({
    content,
    trigger,
    run: `press ${key}`,
});
// Not typed into a field, so that the keys of the desk are heard.
const onDesk = (key, content) => press(key, content, `${DESK} .o_salon_queue`);
const see = (content, trigger) => ({content, trigger});
// Fields of days and hours are set as the browser's own pickers do.
const enter = (name, value) => ({
    content: `Enter ${name} ${value}`,
    trigger: `${DESK} .o_salon_form input[name='${name}']`,
    run({anchor}) {
        anchor.value = value;
        anchor.dispatchEvent(new Event("input", {bubbles: true}));
        anchor.dispatchEvent(new Event("change", {bubbles: true}));
    },
});
const nextWeek = () => luxon.DateTime.now().plus({days: 7}).toISODate();

registry.category("web_tour.tours").add("salon_call_desk_tour", {
    url: "/odoo/salon-desk",
    steps: () => [
        see("Five to call, the most valuable one first", counter("todo", "5")),
        see("She is chosen", `${DESK} .o_salon_selected:contains('Desk Anna')`),
        onDesk("Enter", "Open her call"),
        see("Her card, with the number", `${card("Desk Anna")}`),
        see("to be dialled", `${DESK} a.o_salon_phone[href^='tel:+']`),
        onDesk("n", "Nobody answers"),
        see("The next one comes by itself", card("Desk Bea")),
        onDesk("z", "That was a mistake: undo"),
        see("Back with the first one", card("Desk Anna")),
        see("and nothing is done", counter("todo", "5")),
        onDesk("n", "Nobody answers, really"),
        see("The next one", card("Desk Bea")),
        onDesk("d", "She does not want to"),
        see("Skip it once, or stop", `${DESK} .o_salon_form[data-kind='declined']`),
        press("Enter", "Skip it once", `${DESK} .o_salon_form .o_salon_save`),
        see("The next one", card("Desk Cleo")),
        see("One is done", counter("done", "1")),
        onDesk("c", "She asks to be called again"),
        enter("day", nextWeek()),
        enter("hour", "03:00"),
        press("Enter", "Save", `${DESK} .o_salon_form .o_salon_save`),
        see("The salon is closed then", `${DESK} .o_salon_question`),
        press("Enter", "All the same", `${DESK} .o_salon_form .o_salon_save`),
        see("The next one", card("Desk Dora")),
        onDesk("l", "She has left"),
        onDesk("2", "for another reason"),
        see(
            "It is chosen",
            `${DESK} .o_salon_form .btn-secondary:contains('Desk reason two')`
        ),
        {
            content: "A gift is promised",
            trigger: `${DESK} .o_salon_form input[name='gift']`,
            run: "edit Hand mask",
        },
        press("Enter", "Save", `${DESK} .o_salon_form .o_salon_save`),
        see("The last one", card("Desk Eva")),
        onDesk("b", "She books"),
        enter("day", nextWeek()),
        enter("hour", "10:00"),
        press("Enter", "Save", `${DESK} .o_salon_form .o_salon_save`),
        see("Nobody is left", `${DESK} .o_salon_start:contains('Everybody has been')`),
        see("Nothing to do", counter("todo", "0")),
        see("One booked", counter("booked", "1")),
    ],
});

registry.category("web_tour.tours").add("salon_call_back_hour_tour", {
    url: "/odoo/salon-desk",
    steps: () => [
        onDesk("Enter", "Open the call"),
        see("The card", card("Desk Anna")),
        onDesk("c", "She asks to be called again"),
        {
            content: "Tomorrow at this hour, by the clock of the salon",
            trigger: `${DESK} .o_salon_form input[name='hour']`,
            run({anchor}) {
                const day = document.querySelector(
                    `${DESK} .o_salon_form input[name='day']`
                );
                const now = luxon.DateTime.now().setZone("Pacific/Auckland");
                const proposed = [now, now.minus({minutes: 1})].map((moment) =>
                    moment.plus({days: 1}).toFormat("yyyy-MM-dd HH:00")
                );
                if (!proposed.includes(`${day.value} ${anchor.value}`)) {
                    throw new Error(`Proposed was ${day.value} ${anchor.value}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("salon_call_undo_tour", {
    url: "/odoo/salon-desk",
    steps: () => {
        const outcome = (key, content, ...rest) => [
            see("Her card", `${card("Desk Anna")}`),
            onDesk(key, content),
            ...rest,
            see("It is logged, nobody is left", `${DESK} .o_salon_start`),
            onDesk("z", `Undo: ${content}`),
        ];
        const save = press("Enter", "Save", `${DESK} .o_salon_form .o_salon_save`);
        const noForm = `${DESK}:not(:has(.o_salon_form))`;
        return [
            see("One to call", counter("todo", "1")),
            onDesk("Enter", "Open her call"),
            ...outcome("n", "No answer"),
            ...outcome("w", "Wrong number", save),
            ...outcome("d", "Declined", save),
            ...outcome("x", "Do not call", save),
            ...outcome("l", "Left us", onDesk("1", "The first reason"), save),
            ...outcome(
                "c",
                "Call back",
                enter("day", nextWeek()),
                enter("hour", "03:00"),
                save,
                see("The salon is closed then", `${DESK} .o_salon_question`),
                save
            ),
            ...outcome(
                "b",
                "Booked",
                enter("day", nextWeek()),
                enter("hour", "10:00"),
                save
            ),
            see("She is there again", card("Desk Anna")),
            see("with her number", `${DESK} a.o_salon_phone[href^='tel:+']`),
            see("and nothing is done", counter("done", "0")),
            see(
                "with free times, which her script offers",
                `${noForm} .o_salon_proposal`
            ),
            see("in words", `${DESK} .o_salon_script:contains('I could offer you')`),
        ];
    },
});

registry.category("web_tour.tours").add("salon_call_keys_tour", {
    url: "/odoo/salon-desk",
    steps: () => {
        const note = `${DESK} .o_salon_note`;
        const openAgain = [
            see("The list", `${DESK} .o_salon_start`),
            onDesk("Enter", "Open her call again"),
            see("The note is there", `${note}:value(vera on monday)`),
        ];
        return [
            onDesk("Enter", "Open her call"),
            see("Her card", card("Desk Anna")),
            {
                content: "Type without looking",
                trigger: `${DESK} .o_salon_queue`,
                run() {
                    for (const key of ["v", "e"]) {
                        const init = {key, bubbles: true, cancelable: true};
                        document.body.dispatchEvent(new KeyboardEvent("keydown", init));
                    }
                },
            },
            see("It is in the note", `${note}:value(ve)`),
            {content: "Go on", trigger: note, run: "edit vera on monday"},
            {
                content: "Look at the client",
                trigger: `${DESK} .o_salon_name a`,
                run: "click",
            },
            {
                content: "and come back",
                trigger: ".o_form_view .o_form_sheet",
                run: () => window.history.back(),
            },
            ...openAgain,
            {
                content: "Load the page anew",
                trigger: card("Desk Anna"),
                run: () => window.location.reload(),
                expectUnloadPage: true,
            },
            ...openAgain,
            onDesk("c", "She asks to be called again"),
            {
                content: "No, she does not",
                trigger: `${DESK} .o_salon_form button[type='button']`,
                run({anchor}) {
                    anchor.focus();
                },
            },
            press("Enter", "Back", `${DESK} .o_salon_form button[type='button']`),
            see("Nothing was saved", `${DESK} .o_salon_buttons`),
            see("of it", `${note}:value(vera on monday)`),
            onDesk("w", "It is a wrong number"),
            see("Which is asked", `${DESK} .o_salon_form[data-kind='wrong_number']`),
            press("Enter", "Yes", `${DESK} .o_salon_form .o_salon_save`),
            see("It is logged, nobody is left", `${DESK} .o_salon_start`),
        ];
    },
});

registry.category("web_tour.tours").add("salon_call_activity_tour", {
    url: "/odoo",
    steps: () => [
        {
            content: "The activities of today",
            trigger: ".o_menu_systray .fa-clock-o",
            run: "click",
        },
        {
            content: "Those of calls",
            trigger: ".o-mail-ActivityGroup[data-model_name='salon.call']",
            run: "click",
        },
        {
            content: "The activity of her call",
            trigger: ".o_data_row:contains('Desk Anna') .o-mail-ActivityButton",
            run: "click",
        },
        {
            content: "Mark it done",
            trigger: ".o-mail-ActivityListPopoverItem-markAsDone",
            run: "click",
        },
        {
            content: "Which asks for the outcome",
            trigger: ".modal .o_field_widget[name='outcome_id'] input",
            run: "edit Declined",
        },
        {
            content: "Declined",
            trigger: ".ui-autocomplete a:contains('Declined')",
            run: "click",
        },
        {
            content: "Save it",
            trigger: ".modal footer button[name='action_log']",
            run: "click",
        },
        see("Logged", "body:not(:has(.modal))"),
    ],
});
