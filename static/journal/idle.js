/** Locks after a while without a touch. Measured by the clock on the wall, so that a sleeping laptop counts too. */

const WARNING = 60_000;
const TOUCHES = ["keydown", "pointerdown", "input", "wheel", "touchstart"];

export class Idle {
  #last = Date.now();
  #timer = null;
  #warned = false;
  #touch = () => {
    if (!this.#warned) this.#last = Date.now();
  };
  #look = () => this.#check();

  /** `warn()` is called a minute before the end, `lock()` at the end. */
  constructor({ warn, lock }) {
    Object.assign(this, { warn, lock });
  }

  start(minutes) {
    this.stop();
    this.limit = minutes * 60_000;
    this.stay();
    for (const name of TOUCHES) document.addEventListener(name, this.#touch, { passive: true, capture: true });
    document.addEventListener("visibilitychange", this.#look);
    this.#timer = setInterval(this.#look, 1000);
  }

  /** The person is here. */
  stay() {
    this.#warned = false;
    this.#last = Date.now();
  }

  stop() {
    clearInterval(this.#timer);
    for (const name of TOUCHES) document.removeEventListener(name, this.#touch, { capture: true });
    document.removeEventListener("visibilitychange", this.#look);
  }

  #check() {
    const away = Date.now() - this.#last;
    if (away >= this.limit) this.lock();
    else if (away >= this.limit - WARNING && !this.#warned) {
      this.#warned = true;
      this.warn();
    }
  }
}
