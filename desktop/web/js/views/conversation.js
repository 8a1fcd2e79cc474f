// One conversation on the screen: its head, its messages, and the composer below.

import { CONVERSATIONS, ask, sentence } from "../api.js";
import { copyText } from "../clipboard.js";
import { announce, fill, h, icon } from "../dom.js";
import { openMenu } from "../menus.js";
import { remember } from "../models.js";
import { placeName } from "../places.js";
import { Session } from "../session.js";
import { spoken } from "../state/spoken.js";
import { isBusy } from "../state/transcript.js";
import { toast } from "../toasts.js";
import { exportMarkdown } from "../export.js";
import { Composer } from "./composer.js";
import { ConversationHead } from "./conversation-head.js";
import { branchSwitch } from "./branch-switch.js";
import { ContextMeter } from "./context-meter.js";
import { Editing } from "./editing.js";
import { FindBar } from "./find.js";
import { ModelPicker } from "./model-picker.js";
import { drawQueue } from "./queue.js";
import { titleOf } from "./conversation-row.js";
import { openShortcuts } from "./shortcuts.js";
import { skeleton } from "./transcript-items.js";
import { TranscriptView } from "./transcript.js";

/**
 * @typedef {import("../types.js").Conversation} Conversation
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../app.js").App} App
 */

const GO_ON = "Continue where you stopped.";

export class ConversationView {
  /**
   * @param {App} app
   * @param {string} id
   */
  constructor(app, id) {
    this._app = app;
    this.id = id;
    /** @type {Conversation | null} */
    this.conversation = app.feed.list.value.byId.get(id) ?? null;
    this._wasBusy = false;
    /** @type {import("./permission-card.js").PermissionCard | import("./question-form.js").QuestionForm | null} */
    this._offered = null;
    this.session = new Session(id, { onGone: (error) => this._gone(error) });
    this.transcript = new TranscriptView({
      openedAt: Date.now(),
      retry: (messageId) => void this._try(() => this.session.retry(messageId)),
      goOn: () => void this._try(() => this.session.send(GO_ON)),
      chooseModel: () => this.picker.open(),
      copy: (text) => void copyText(text),
      more: (message, anchor) => this._openMessageMenu(message, anchor),
      siblings: (message) => branchSwitch(message, (branchId) => void this._try(() => this.session.switchBranch(branchId))),
      edit: (message) => this.editing.begin(message),
      render: (from, to) => void this._try(() => this.session.render(from, to)),
      loadOlder: () => void this._try(() => this.session.loadOlder()),
      place: () => app.placeOf(this.conversation),
    });
    this.picker = new ModelPicker((model) => {
      remember(model);
      void this._try(async () => this._setConversation(await app.feed.change(id, { runtimeId: model.runtimeId, modelId: model.runtimeId === "offline" ? null : model.id })));
    }, (path) => app.go(path));
    this.meter = new ContextMeter(this.session.path, () => void this._try(() => this.session.compact()));
    this.composer = new Composer(id, {
      send: (content, extras) => this._send(content, extras),
      stop: () => void this._try(() => this.session.cancel()),
      history: { written: () => written(this.session.transcript.value), loadOlder: () => this._loadOlder() },
      scope: () => `&conversationId=${id}`,
      commands: () => this._commands(),
      tools: [this.picker.node],
      end: [this.meter.node],
    });
    this.editing = new Editing(id, this.composer);
    this.find = new FindBar(this.session, this.transcript);
    this.transcript.node.append(this.find.node);
    void this.meter.refresh();
    this._head = new ConversationHead(() => this._headActions());
    this._banner = h("div", { class: "banner", role: "status", hidden: true }, icon("wifi-off"), "The daemon cannot be reached. What you typed is kept; trying again…");
    this._empty = h("div", { class: "empty over", hidden: true });
    this.transcript.node.append(this._empty);
    this._loading = h("div", { class: "transcript" }, skeleton());
    this.node = [this._head.node, this._banner, this.transcript.node, this.composer.node];
    this._watches = [
      this.session.transcript.watch((state) => this._show(state)),
      this.session.queue.watch((messages) => drawQueue(this.composer.queue, messages, {
        edit: (messageId, content) => void this._try(() => this.session.editQueued(messageId, content)),
        remove: (messageId) => void this._try(() => this.session.removeQueued(messageId)).then(() => this.focus()),
      })),
      this.session.connected.watch((isConnected) => {
        this._banner.hidden = isConnected;
      }),
      // Not by the state alone: a short turn can begin and end between two frames.
      this.session.ended.watch((count) => {
        if (count === 0) return;
        announce(spoken(this.session.transcript.value));
        void this.meter.refresh();
      }),
      app.projects.watch(() => this._drawHead()),
      app.feed.list.watch((list) => {
        const found = list.byId.get(id);
        if (found) this._setConversation(found);
      }),
    ];
    app.feed.viewed = id;
    this._drawHead();
    void this._try(async () => this._setConversation(await app.feed.find(id)));
  }

  /** Leaves the conversation; its turn goes on. */
  close() {
    this.session.close();
    this.transcript.close();
    this.picker.close();
    for (const stop of this._watches) stop();
  }

  /** What a single key means here. @param {KeyboardEvent} event @returns {boolean} whether it was taken */
  key(event) {
    if (event.key === "Escape") {
      if (this.editing.stop()) return true;
      if (isBusy(this.session.transcript.value)) void this._try(() => this.session.cancel());
      else return false;
      return true;
    }
    return this.transcript.openCard?.press(event.key) ?? false;
  }

  /** What the command palette offers here. */
  commands() {
    const entries = this._commands().filter((command) => command.name !== "permissions" && command.name !== "help");
    return [
      { label: "Find in this conversation", icon: "search", end: "Command", run: () => void this.find.open() },
      ...entries.map(({ label, icon: name, run }) => ({ label, icon: name, end: "Command", run })),
    ];
  }

  /** Puts the caret where a person writes. */
  focus() {
    this.composer.field.focus();
  }

  /** @param {import("../state/transcript.js").Transcript} state */
  _show(state) {
    const wasBusy = this._wasBusy;
    const busy = isBusy(state);
    this.composer.setBusy(busy);
    this.transcript.update(state);
    this.find.update(state);
    if (!state.isLoaded && !this._loading.isConnected) this.transcript.scroller.prepend(this._loading);
    if (state.isLoaded) this._loading.remove();
    this._drawEmpty(state);
    if (busy && !wasBusy) announce("The agent is working.");
    this._wasBusy = busy;
    this._offerCard();
  }

  /** @returns {Promise<boolean>} whether there were earlier messages */
  async _loadOlder() {
    const { rows } = this.session.transcript.value;
    await this._try(() => this.session.loadOlder());
    return this.session.transcript.value.rows !== rows;
  }

  /** @param {import("../state/transcript.js").Transcript} state */
  _drawEmpty({ isLoaded, rows, live, sending }) {
    this._empty.hidden = !isLoaded || rows.length > 0 || live !== null || sending !== null;
    if (this._empty.hidden) return;
    const { workingDirectory } = this._app.placeOf(this.conversation);
    fill(this._empty, icon("message-square"), h("h2", null, "Nothing is said here yet"), h("p", null, "Write below. The agent works in ", workingDirectory ? h("span", { class: "mono", title: workingDirectory }, placeName(workingDirectory)) : "an empty folder of its own", " and asks before it changes anything."));
  }

  /** Gives a new card the focus, but never takes it from somebody who is writing. */
  _offerCard() {
    const card = this.transcript.openCard;
    if (card === this._offered) return;
    this._offered = card;
    const { field } = this.composer;
    const isFree = document.activeElement === document.body || document.activeElement === null || (document.activeElement === field && field.value === "");
    if (card && isFree) card.node.focus({ preventScroll: true });
    else if (!card && isFree) field.focus();
  }

  /** @param {Conversation} conversation */
  _setConversation(conversation) {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this._drawEmpty(this.session.transcript.value);
    this._drawHead();
  }

  _drawHead() {
    const { conversation } = this;
    this._head.show(conversation, this._app.projectName(conversation?.projectId));
    if (conversation) this.picker.show(conversation);
  }

  /** @returns {import("./conversation-head.js").HeadActions} */
  _headActions() {
    const last = this._lastTalk;
    return {
      toggleSidebar: () => this._app.toggleSidebar(),
      rename: (title) => this._try(async () => this._setConversation(await this._app.feed.change(this.id, { title }))),
      fork: last ? () => void this.fork(last.id) : null,
      archive: (conversation) => void this._app.sidebar.archive(conversation),
      remove: (conversation) => this._app.sidebar.remove(conversation),
    };
  }

  /** The last message of the person or the agent. */
  get _lastTalk() {
    return this.session.transcript.value.rows.findLast((row) => row.role !== "system");
  }

  /** @returns {import("./composer.js").Command[]} */
  _commands() {
    const { conversation } = this;
    const last = this._lastTalk;
    return [
      { name: "model", label: "Choose another model", icon: "cpu", run: () => this.picker.open() },
      { name: "compact", label: "Summarise what came before, to make room", icon: "minimize-2", run: () => void this._try(() => this.session.compact()) },
      { name: "export", label: "Save the conversation as Markdown", icon: "download", run: () => void this._try(() => exportMarkdown(this.session.path, conversation ? titleOf(conversation) : "Conversation")) },
      { name: "fork", label: "Go on in a copy", icon: "git-fork", run: () => last && void this.fork(last.id) },
      { name: "archive", label: "Move it out of the list", icon: "archive", run: () => conversation && void this._app.sidebar.archive(conversation) },
      { name: "permissions", label: "See what is allowed and denied", icon: "shield", run: () => this._app.go("/settings/permissions") },
      { name: "help", label: "Keys and commands", icon: "keyboard", run: () => openShortcuts() },
    ];
  }

  /** @param {string} content @param {import("./composer.js").Extras} extras */
  async _send(content, extras) {
    this.transcript.toEnd();
    const { parentId } = this.editing;
    if (parentId === null) return this.session.send(content, extras);
    await this.session.send(content, { ...extras, parentId });
    this.editing.stop();
    await this.session.reload();
  }

  /** @param {Message} message @param {HTMLElement} anchor */
  _openMessageMenu(message, anchor) {
    openMenu(anchor, [
      { label: "Copy", icon: "copy", run: () => void copyText(message.content) },
      { label: "Answer again", icon: "rotate-ccw", run: () => void this._try(() => this.session.retry(message.id)) },
      { label: "Fork from here", icon: "git-fork", run: () => void this.fork(message.id) },
      { label: message.pinned ? "Unpin" : "Pin for the model", icon: "pin", run: () => void this._pin(message) },
    ]);
  }

  /** Copies everything up to a message into a conversation of its own. @param {string} messageId */
  async fork(messageId) {
    await this._try(async () => {
      const copy = await ask("POST", `${CONVERSATIONS}/${this.id}/fork`, { messageId });
      this._app.go(`/conversations/${copy.id}`);
    });
  }

  /** @param {Message} message */
  async _pin(message) {
    await this._try(async () => {
      await ask("PATCH", `${CONVERSATIONS}/${this.id}/messages/${message.id}`, { pinned: !message.pinned });
      await this.session.reload();
    });
  }

  /** @param {import("../api.js").ApiError} error */
  _gone(error) {
    fill(
      this.transcript.node,
      h("div", { class: "empty" }, icon("message-square-off"), h("h2", null, error.status === 404 ? "This conversation is gone" : "This conversation cannot be shown"), h("p", null, error.message), h("a", { class: "button", href: "/" }, "Start a new chat")),
    );
    this.composer.node.hidden = true;
  }

  /** @param {() => Promise<unknown>} work */
  async _try(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error && "status" in error && error.status === 404)) toast(sentence(error), { isError: true });
    }
  }
}

/** What the person wrote, also what is on its way. @param {import("../state/transcript.js").Transcript} state @returns {import("./recall.js").Written[]} */
const written = ({ rows, sending }) => [
  ...rows.filter((row) => row.role === "user").map((row) => ({ text: row.content, mentions: row.metadata?.mentions ?? [] })),
  ...(sending ? [{ text: sending.content, mentions: [] }] : []),
];
