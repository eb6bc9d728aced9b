using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>What a command leads to.</summary>
/// <param name="Event">What must be stored before the answer; null for nothing.</param>
/// <param name="Reply">The answer; null when it is the release at <paramref name="StoredAt"/>.</param>
/// <param name="StoredAt">The journal's place of a release that is known already.</param>
internal sealed record BookDecision(JournalEvent? Event, ILedgerReply? Reply, long StoredAt = 0)
{
    public static BookDecision Answer(ILedgerReply reply) => new(null, reply);

    public static BookDecision Refuse(RefusalCode code, string message) => Answer(Refused.With(code, message));
}

/// <summary>
/// Decides commands on an <see cref="AccountBook"/> without changing it. The rules of the budget are
/// <see cref="AccountDecider"/>'s; here stand only those of an account that lives elsewhere: owners' epochs, known ids,
/// the account tree.
/// </summary>
internal sealed class BookDecider(AccountBook book, int maxReleaseBytes)
{
    private const int MaxResourceLength = 512;

    public BookDecision Decide(ILedgerCommand command, long nowMs)
    {
        if (command.Account != book.Account)
        {
            return BookDecision.Refuse(RefusalCode.MalformedRequest, $"The command names another account than '{book.Account}', which it was sent to.");
        }

        return command switch
        {
            _ when Malformed(command) is { } malformed => BookDecision.Answer(new Refused(malformed)),
            _ when book.Fault is { } fault => BookDecision.Refuse(RefusalCode.CorruptHistory, $"{fault}. Nothing is released from it until that is repaired."),
            OpenAccount open => Open(open, nowMs),
            AskRelease ask => Release(ask, nowMs),
            GrantBudget grant => Grant(grant, nowMs),
            MarkBelow mark => Mark(mark, nowMs),
            AskStatus ask => BookDecision.Answer(new StatusReply(State.Policy is null ? null : State.Status(State.PeriodAt(ask.TimeMs).StartMs))),
            AskHistory => BookDecision.Answer(new HistoryReply([.. State.Periods.Where(period => period.Value.Releases > 0).Select(period => State.Status(period.Key))])),
            _ => BookDecision.Refuse(RefusalCode.MalformedRequest, $"'{command.GetType().Name}' is no command of an account."),
        };
    }

    private AccountState State => book.Folded.State;

    private static Refusal? Malformed(ILedgerCommand command) => command switch
    {
        OpenAccount open => RequestRules.Check(open.Policy),
        AskRelease ask => RequestRules.Check(ask.Request) ?? OwnerFault(ask.Request.Fence) ?? ValuesFault(ask.Values),
        GrantBudget grant => RequestRules.CheckGrant(grant.Account, grant.TimeMs, grant.Extra, grant.Reason),
        MarkBelow mark => RequestRules.AccountFault(mark.Descendant),
        _ => null,
    };

    private static Refusal? OwnerFault(Fence? owner) => owner is null || (owner.Resource is { Length: >= 1 and <= MaxResourceLength } && owner.Epoch >= 1)
        ? null
        : new Refusal(RefusalCode.MalformedRequest, $"An owner must be named with 1 to {MaxResourceLength} characters and an epoch of 1 or more.");

    private static Refusal? ValuesFault(DrawnValues values)
    {
        try
        {
            ReleaseWriter.Check(values);
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return new Refusal(RefusalCode.MalformedRequest, failure.Message);
        }
    }

    private BookDecision Open(OpenAccount open, long nowMs)
    {
        var decision = AccountDecider.Open(State, open.Policy, nowMs);
        return decision.Event is not null && book.HasDescendants
            ? BookDecision.Refuse(
                RefusalCode.PolicyMismatch,
                $"Account '{book.Account}' cannot be opened: accounts below it were. In a cluster an account with an open ancestor, or an open descendant, is refused; use accounts side by side.")
            : Stored(decision);
    }

    private BookDecision Grant(GrantBudget grant, long nowMs) =>
        Stored(AccountDecider.Grant(State, book.Account, grant.TimeMs, grant.Extra, grant.Reason, nowMs));

    private BookDecision Mark(MarkBelow mark, long nowMs) => State.Policy is not null
        ? BookDecision.Refuse(
            RefusalCode.PolicyMismatch,
            $"Account '{mark.Descendant}' cannot be opened below '{book.Account}', which is open: in a cluster the charges of an account are not added up in its ancestors. Use accounts side by side.")
        : new BookDecision(book.HasDescendants ? null : JournalForms.Write(new BelowV1(mark.Descendant, nowMs)), Accepted.Instance);

    private BookDecision Stored(Decision decision) => decision switch
    {
        { Refusal: { } refusal } => BookDecision.Answer(new Refused(refusal)),
        { Event: { } happened } => new BookDecision(Next(happened).Event, Accepted.Instance),
        _ => BookDecision.Answer(Accepted.Instance),
    };

    private (JournalEvent Event, AccountSnapshot After) Next(LedgerEvent happened)
    {
        var (stored, after) = AccountHistory.Next(book.Account, book.Folded, happened);
        return (new JournalEvent(stored.Type, stored.Payload.ToArray()), after);
    }

    private BookDecision Release(AskRelease ask, long nowMs)
    {
        var request = ask.Request;
        if (Superseded(request.Fence) is { } superseded)
        {
            return superseded;
        }

        // A newer owner is stored also where nothing is released, so that the older one stays refused.
        var owned = IsNew(request.Fence) ? JournalForms.Write(new OwnedV1(request.Fence!.Resource, request.Fence.Epoch, nowMs)) : null;
        if (book.Find(request.Id) is { } sequence)
        {
            return new BookDecision(owned, null, sequence);
        }

        var decision = AccountDecider.Charge(State, book.Account, request, nowMs);
        return decision.Refusal is { } refusal ? new BookDecision(owned, new Refused(refusal)) : Charge(ask, decision.Event!);
    }

    private BookDecision Charge(AskRelease ask, LedgerEvent decided)
    {
        var charge = ReleaseReceipt.For(decided, ReleaseCommitment.Of(ask.Request.Id, ask.Values));
        var (stored, after) = Next(charge);
        var receipt = ReleaseReceipt.Of(ask.Request, charge, book.Folded, after, []);
        var release = ReleaseWriter.Build(ask.Request.Id, ask.Values, receipt);
        var released = JournalForms.Write(stored.Payload, ask.Request.Fence, release);
        return released.Payload.Length <= maxReleaseBytes
            ? new BookDecision(released, new Released(release, false))
            : BookDecision.Refuse(
                RefusalCode.MalformedRequest,
                $"Account '{book.Account}': a release of {released.Payload.Length} bytes is larger than akkaprivacy.cluster.ledger.max-release-bytes = {maxReleaseBytes}. Release fewer groups, or raise it on every node.");
    }

    private BookDecision? Superseded(Fence? owner)
    {
        if (owner is null)
        {
            return null;
        }

        if (book.Owners.TryGetValue(owner.Resource, out var newest))
        {
            return owner.Epoch >= newest
                ? null
                : BookDecision.Refuse(RefusalCode.SupersededOwner, $"Epoch {owner.Epoch} of '{owner.Resource}' was superseded by epoch {newest}: another process owns it now.");
        }

        return book.Owners.Count < AccountBook.MaxOwners
            ? null
            : BookDecision.Refuse(RefusalCode.MalformedRequest, $"Account '{book.Account}' has seen {AccountBook.MaxOwners} owners, which is all that one account may have.");
    }

    private bool IsNew(Fence? owner) => owner is not null && owner.Epoch > book.Owners.GetValueOrDefault(owner.Resource);
}
