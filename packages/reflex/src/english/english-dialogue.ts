import type { LanguagePhrases } from "../language.ts";

/** The phrases of a language that answer what was said last, and the looser forms of a wish. */
type DialoguePhrases = Pick<
  LanguagePhrases,
  | "yes"
  | "no"
  | "choose"
  | "undo"
  | "notThat"
  | "stopThat"
  | "repeat"
  | "createLoose"
  | "rememberLoose"
  | "rememberName"
>;

/** English answers: agreeing, refusing, choosing, taking back; and free wishes, read only when the classifier is sure. */
export const englishDialogue: DialoguePhrases = {
  yes: [
    "yes|yep|yeah|yup|sure|ok|okay|right|correct|exactly|absolutely|definitely|affirmative|agreed|confirmed|indeed",
    "yes|yep|yeah|yup|sure|ok|okay right|correct|exactly|absolutely|definitely|sure|do|please",
    "yes|yep|yeah|yup|sure|ok|okay? do it|that|so",
    "yes|yep|yeah|yup|sure|ok|okay? please do",
    "yes|yep|yeah|yup|sure|ok|okay? go ahead|on",
    "yes|yep|yeah|yup|sure|ok|okay? go for it",
    "yes|yep|yeah|yup|sure|ok|okay? that is right|correct|it|the one?",
    "yes|yep|yeah|yup|sure|ok|okay? that one",
    "yes|yeah? i do|am|approve|agree|confirm",
    "sounds good|great|fine",
    "make it so",
    "sure thing",
    "of course",
    "by all means",
    "approve it|that|this",
  ],
  no: [
    "no|nope|nah|nay",
    "no no",
    "no thank you",
    "no? please? do not do? it|that|this?",
    "no? better|rather not",
    "no? i would rather not",
    "no? not now|yet|today",
    "no? neither",
    "no? none of|them|those of|them|those?",
    "no? leave it|that|them",
    "no? let it be",
  ],
  choose: [
    "the|that {which} one|task|option",
    "number|option {which}",
    "the {which}",
    "take|choose|pick the|number|option? {which} one",
    "take|choose|pick the|number|option? {which}",
    "do the|number|option {which} one",
    "do the|number|option {which}",
    "i mean|meant|choose|want the|number? {which} one",
    "i mean|meant|choose|want the|number? {which}",
  ],
  undo: [
    "undo it|that|this?",
    "undo the|my? last|previous? command|one|task|thing|request|action",
    "no? undo it|that",
    "take it|that|this back",
    "revert it|that|this?",
    "scratch|strike that",
    "cancel|forget|drop my|the|that last|previous command|request|one|thing",
    "oops",
    "never mind",
    "nevermind",
    "forget it|that|about it|that?",
  ],
  notThat: [
    "no|nope? not that|this|it one|task?",
    "no? that|it is|was not what i meant|wanted|said|asked for?",
    "no? that|it is|was wrong|incorrect",
    "no? that|it is|was not right|correct|it",
    "i did not mean that|it|this",
  ],
  stopThat: ["cancel|stop|abort it|that|this?", "no? wait|hold stop|on?", "no? stop|cancel that|it|this"],
  repeat: [
    "repeat it|that|this|yourself?",
    "repeat what you just? said",
    "say|tell me? it|that|this? again",
    "say|tell me? it|that|this? once more",
    "say|tell me? it|that|this? one more time",
    "what did you just? say",
    "come again",
    "i did not hear|catch|get that|you|it?",
    "what was that",
    "again",
    "once|one more time?",
    "pardon me?",
  ],
  createLoose: [
    "add|put|place|stick|get|throw|include|note {title} to|on|onto|in|into my|the|our? todo|to-do|task|tasks list?",
    "add|put|place|stick|get|throw|include|note {title} to|on|onto|in|into my|the|our list|backlog|board|tasks|todos|to-dos",
    "add|put|place|include {title} to|on my|the|our? list of tasks|chores|todos|things to? do?",
    "add|put|place|include {title} to|on|in my|the|our? to do list",
    "on|to my|the|our? to do|todo|to-do|task list add|put {title}",
    "set|create|make|add|give me|up? a|the reminder for|to me|us? to? {title}",
    "set reminder to? {title}",
    "i|we need|want a reminder|task|todo|ticket to|for {title}",
    "i|we need|want to be reminded to {title}",
    "file|open|log|raise|start|create a|the ticket|task|todo for|about|to {title}",
    "note|write|jot down a? as? a? task|todo? to|for? {title}",
    "make|see sure|to it? i|we do not forget to {title}",
    "do not let me|us forget to {title}",
    "i|we need|want someone|you to {title}",
  ],
  rememberLoose: ["please? note|remember {value}", "you should know {value}"],
  rememberName: [
    "call me {name}",
    "you can|may|should call me {name}",
    "i want|need you to call me {name}",
    "my name is {name}",
    "i am called {name}",
    "i|we go by {name}",
    "i prefer to go by {name}",
    "people|they|everyone|everybody|friends call|calls me {name}",
    "feel free to call me {name}",
    "refer to me as {name}",
  ],
};
