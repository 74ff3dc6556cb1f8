/** Whether an event is about this credential: the narrowest id that the event names decides. */
export function concerns(event, subject) {
    if (event.credential_id !== undefined)
        return event.credential_id === subject.id;
    if (event.policy_id !== undefined)
        return event.policy_id === subject.policyId;
    if (event.database_id !== undefined)
        return subject.databases.some((database) => database.id === event.database_id);
    return event.project_id === subject.projectId;
}
//# sourceMappingURL=concerns.js.map