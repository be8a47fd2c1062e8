import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Reactive} from "@web/core/utils/reactive";
import {user} from "@web/core/user";
import {uuid} from "@web/core/utils/strings";

/** Asks the server for a call desk, and knows what became of the last step. */
export class DeskServer extends Reactive {
    constructor(orm) {
        super();
        this.orm = orm;
        this.deskId = uuid();
        this.busy = false;
        // The step that runs.
        this.current = null;
        this.error = "";
        this.isOffline = false;
    }

    /** Calls the server as this desk; its own changes are not told back to it. */
    call(method, args = [], kwargs = {}) {
        return this.orm.call("salon.call.desk", method, args, {
            ...kwargs,
            context: {...user.context, salon_desk: this.deskId},
        });
    }

    /** Runs a step; what the server refuses is shown and what was typed stays. */
    step(...request) {
        this.busy = true;
        this.current = this.attempt(request);
        return this.current;
    }

    /** Waits for what is just being done. */
    async settle() {
        while (this.busy) {
            await this.current;
        }
    }

    async attempt(request) {
        this.error = "";
        this.isOffline = false;
        try {
            return await this.call(...request);
        } catch (error) {
            this.explain(error);
        } finally {
            this.busy = false;
        }
        return null;
    }

    explain(error) {
        if (error instanceof ConnectionLostError) {
            this.isOffline = true;
        } else if (isSignedOut(error)) {
            // Odoo asks to log in; what is kept is sent when the desk opens again.
            this.isOffline = true;
            throw error;
        } else if (error instanceof RPCError && error.data) {
            this.error = error.data.message || error.message;
        } else {
            throw error;
        }
    }
}

function isSignedOut(error) {
    const name = error instanceof RPCError && error.exceptionName;
    return name === "odoo.http.SessionExpiredException";
}
