import {advanceTime, expect, test} from "@odoo/hoot";
import {LetterKeys} from "@salon_reminders/call/call_desk/letter_keys";

function makeKeys() {
    return new LetterKeys(
        (key) => expect.step(`key ${key}`),
        (text) => expect.step(`text ${text}`)
    );
}

test("a letter is a key when none follows within half a second", async () => {
    const letters = makeKeys();
    letters.press("n", "n");
    await advanceTime(499);
    expect.verifySteps([]);
    await advanceTime(1);
    expect.verifySteps(["key n"]);
    letters.press("d", "d");
    await advanceTime(500);
    expect.verifySteps(["key d"]);
});

test("several are a word, to its last letter", async () => {
    const letters = makeKeys();
    for (const letter of ["N", "o", "r", "a"]) {
        letters.press(letter.toLowerCase(), letter);
        await advanceTime(400);
    }
    await advanceTime(500);
    expect.verifySteps(["text No", "text r", "text a"]);
});

test("the key of undo may be pressed quickly", async () => {
    const letters = makeKeys();
    letters.press("z", "z");
    letters.press("z", "z");
    letters.press("z", "z");
    await advanceTime(500);
    expect.verifySteps(["key z", "key z", "key z"]);
    letters.press("z", "z");
    letters.press("o", "o");
    await advanceTime(500);
    expect.verifySteps(["text zo"]);
});

test("another key ends the waiting; what was dropped does nothing", async () => {
    const letters = makeKeys();
    letters.press("l", "l");
    letters.flush();
    expect.verifySteps(["key l"]);
    letters.flush();
    letters.press("x", "x");
    letters.drop();
    await advanceTime(500);
    expect.verifySteps([]);
});
