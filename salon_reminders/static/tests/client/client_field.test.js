import {
    ClientAutocomplete,
    isNumber,
} from "@salon_reminders/client/client_field/client_field";
import {expect, test} from "@odoo/hoot";

/** What is offered for a text, without the server. */
function offer(request, names) {
    const asked = {
        __proto__: ClientAutocomplete.prototype,
        props: {quickCreate: () => {}, searchThreshold: 0, context: {}},
        activeActions: {create: true, createEdit: true},
        search: () => names.map((display_name, id) => ({id, display_name})),
    };
    return asked.suggest(request, (promise) => promise);
}

const slotsOf = (suggestions) => suggestions.map(({data}) => data.slotName);

test("a number is told from a name", () => {
    const numbers = ["0630", "+36 30 555-0143", "(212) 555.0143", "06/30"];
    expect(numbers.every(isNumber)).toBe(true);
    expect(["Anna", "Anna 2", "", "+", "2b"].some(isNumber)).toBe(false);
});

test("nobody is created by a number, and it is said that nobody has it", async () => {
    const slots = slotsOf(await offer("06305550143", []));
    expect(slots).toEqual(["noRecordsItem", "createEditItem"]);
});

test("who has the number comes first", async () => {
    const slots = slotsOf(await offer("06305550143", ["Anna"]));
    expect(slots.slice(0, 1)).toEqual(["autoCompleteItem"]);
    expect(slots).not.toInclude("createItem");
});

test("a name that is known comes before a new one", async () => {
    const slots = slotsOf(await offer("Anna", ["Anna Lark"]));
    expect(slots.slice(0, 2)).toEqual(["autoCompleteItem", "createItem"]);
    expect(slotsOf(await offer("Anna", []))).toEqual(["createItem", "createEditItem"]);
});

test("a new card gets the number that was looked for", () => {
    const props = {context: {}, nameCreateField: "name"};
    const create = ClientAutocomplete.prototype.getCreationContext;
    expect(
        create.call({__proto__: ClientAutocomplete.prototype, props}, "0630")
    ).toEqual({
        default_phone: "0630",
    });
    expect(
        create.call({__proto__: ClientAutocomplete.prototype, props}, "Anna")
    ).toEqual({
        default_name: "Anna",
    });
});
