import type { LanguageWords } from "../language.ts";

const list = (words: string): readonly string[] => words.split(/\s+/).filter((word) => word !== "");

/** English word lists. */
export const englishWords: LanguageWords = {
  articles: list("a an the some new me us my our your another this that"),
  stops: list(`a an the some i me my mine we us our you your he she it they them this that these those is are am was
    were be been do does did have has had will would can could should to of in on at for with about and or not what
    which who when where how why so if as by from there here told tell say said remember know ever again again please`),
  kinds: list("task tasks todo todos to-do to-dos workflow workflows run runs job jobs project projects"),
  fillers: list("one ones thing things"),
  vague:
    list(`it this that these those them one ones something anything everything nothing thing things stuff him her task tasks todo
    todos ticket tickets project projects workflow workflows sense sure same`),
  making: list("create build develop implement construct"),
  working:
    list(`make write fix design refactor test deploy document improve add review prepare optimise optimize repair update
    upgrade migrate draft research integrate rewrite automate debug redesign ship publish remove rename configure
    install clean translate plan`),
  workNouns:
    list(`app apps application auth authentication authorization authorisation login logout signup sign-up sign-in signin
    oauth sso system systems platform website site webpage page pages homepage landing blog article newsletter api apis
    endpoint endpoints backend frontend back-end front-end server service services microservice database schema
    migration migrations dashboard dashboards report feature features module modules component components widget button
    form forms checkout cart shop store storefront webshop marketplace portal prototype mvp library package plugin
    extension bot chatbot pipeline pipelines script scripts tool tools cli sdk parser crawler scraper integration
    workflow automation crm erp cms saas product products campaign strategy roadmap proposal presentation pitch deck
    spec specification specs documentation docs readme changelog guide tutorial handbook tests suite test bug bugs
    crash leak error issue regression code codebase repo repository branch release build ci deployment infrastructure
    cluster container logging monitoring analytics metrics tracking billing invoice invoicing invoices payment payments subscription onboarding
    notification notifications search index cache queue editor game website's design logo icon theme layout ui ux
    interface mockup wireframe model dataset classifier survey questionnaire template templates course curriculum
    inventory booking reservation-system scheduler permissions roles profile settings sitemap navigation menu-bar
    webhook webhooks encryption backup backups dependency dependencies linter translation translations`),
  foreign:
    list(`playlist playlists album albums photo photos alarm alarms reminder reminders timer timers event events meeting meetings appointment
    appointments calendar calendars list lists email emails mail message messages text call note notes account accounts
    reservation reservations ticket tickets station contact contacts tweet post song music radio volume light lights
    pin password card credit bank bill savings recipe shopping grocery groceries order pizza table flight hotel room car
    address name weather alert alerts budget transfer request loan taxi cab uber channel phone train bus bet claim appeal invitation invite group folder entry item items`),
  complete: list(
    "complete whole entire full fully full-stack fullstack end-to-end full-featured full-fledged all-in-one",
  ),
  products:
    list(`app apps application website site webshop shop store platform system product game marketplace portal saas crm
    erp cms backend frontend service suite tool solution api`),
  doubts:
    list(`if unless except whether then maybe perhaps actually instead wait nevermind said says told asked asks not never
    no or either but because hypothetically theoretically pretend someday eventually kidding joking think thinks wonder
    wondering else otherwise should would could might lol jk haha hahaha rofl sarcasm what whom whose myself yourself
    himself herself themselves ourselves than though although`),
  times:
    list(`today tonight tomorrow yesterday now later soon morning afternoon evening noon midnight monday mondays tuesday
    tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays weekend every
    each until till before after once when whenever while during hour hours minute minutes oclock o'clock next
    january february april june july august september october november december`),
  hypothetical: list("if suppose supposing imagine assuming assume"),
  reporting: list("said says told asked asks wants wrote suggested mentioned claimed claims insisted insists thinks"),
  high: list(`system systems platform architecture infrastructure migrate migration rewrite redesign
    marketplace complex enterprise distributed scalable engine suite end-to-end full-stack large big huge multi-tenant`),
  low: list(`small simple tiny quick minor little basic trivial easy typo rename button label icon wording buy call
    short`),
  businessGrowth:
    list(`app application auth authentication login signup sign-up product feature customer client sale sales market
    marketing campaign website site page landing shop store storefront webshop marketplace payment billing checkout
    invoice subscription api dashboard launch growth revenue onboarding platform saas crm business user portal pricing
    newsletter pitch investor brand seo mvp prototype service system analytics booking cart`),
  maintenance:
    list(`fix repair bug crash leak update upgrade refactor clean cleanup backup dependency dependencies migrate
    migration maintain maintenance patch debug regression deprecate rename lint linter typo monitoring restore`),
  learning:
    list(`learn study course read research tutorial lesson book explore understand practise practice training exam
    curriculum thesis homework`),
  personal:
    list(`buy birthday family mum mom dad mother father wife husband kid kids son daughter friend home house doctor
    dentist gym workout holiday vacation trip garden dog cat milk groceries dinner lunch laundry dishes wedding party
    personal gift present grandma grandpa`),
  liking: list("prefer like love hate dislike enjoy want favour favor need eat drink"),
  mine: list("i my we our mine i've"),
  occasions: list(
    "thing things down him her them me you us time this these those day night one when how movie song guy summer winter evening moment",
  ),
  joining: list("and also plus"),
  acting: list("split cancel stop retry run start remember list show tell send call email buy book"),
  finite: list("is are was were am"),
  being: list("is are was were has have"),
  yesterday: list("yesterday"),
  names: list("kingly"),
  workflowWords: list("workflow workflows"),
  statusTalk:
    list(`status state progress going doing far along up speed bring catch fill overview rundown update updates
    latest news current currently right now moment stand stands standing running underway work working worked everything
    anything all things stuck blocked active busy open still yet give show check see look get let any quick short report
    happening happen keep posted between hand ok okay fine well on-track track happened new way`),
  listTalk:
    list(`list lists show give tell read display open pull bring see view go run walk through everything all plate
    left have got many count number there board each every still what's items item up look review over out currently
    now any create created outstanding remaining name names current them back aloud hear get let todo todos to-do`),
  recallTalk:
    list(`tell told say said know remember recall remind what's name's anything something saved stored kept call
    called give still ever earlier before you've me think`),
  conversationTalk: list(`discuss discussed talk talked say said cover covered conversation chat discussion summarise
    summarize recap sum up remind show so far today yesterday earlier last time topic topics speak spoke spoken chatted
    discussing talking previous go gone over through give get quick summary short been`),
  actTalk:
    list(`cancel drop remove delete scrap abandon kill rid get call off stop no longer need needed any more anymore
    go take strike cross list board retry rerun redo restart try run attempt start give another second shot once time
    split break divide down up apart into steps parts smaller pieces subtasks make let want like please just now it's too
    big large complex turn failed`),
  particles: list("up down out off over back in on away more less of sense sure do go"),
  prepositions: list("for on in of to with at from about into by as over under between"),
  persons: list("me us you him her them it"),
  definite: list("the my our your his her their its this that these those it"),
  withdrawing: list("cancel scratch undo stop forget no nope wait don't oops sorry never nah"),
  alsoWords: list("also additionally"),
  starters: list(`create build develop implement add make new remind remember plan start run launch split cancel retry
    what which how who when show list tell status fix write design update refactor`),
  abbreviations: list("dr mr mrs ms st prof e.g i.e etc vs no jr sr inc ltd co approx"),
};
