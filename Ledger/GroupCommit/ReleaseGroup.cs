using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>One group: decided while the group before it is being stored, then checked and written in one transaction.</summary>
/// <remarks>
/// <para>Requests are decided as they come, on the states that the group before leaves, on the assumption that it is stored
/// and that nobody else writes. The transaction checks that: the last event of each account is the one that was assumed, no
/// release is stored, every epoch is the newest. The hash of an event stands for the whole history before it, so what was
/// decided on it is right. Where anything differs the group is decided anew from what the transaction reads; values that
/// were drawn stay.</para>
/// <para>Nothing is written before the last request is decided, so a request that is refused or whose draw throws leaves
/// nothing behind that the others would have to be kept from.</para>
/// </remarks>
internal sealed partial class ReleaseGroup(AccountHistory history, long nowMs)
{
    private readonly List<WaitingRequest> _requests = [];
    private readonly Dictionary<string, GroupAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Release> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LedgerCorruptException> _damaged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Refusal> _elsewhere = new(StringComparer.Ordinal);
    private readonly List<NewRow> _releases = [];
    private Dictionary<string, long>? _epochs;
    private bool _isAhead = true;

    /// <summary>The requests, in the order in which they came.</summary>
    public IReadOnlyList<WaitingRequest> Requests => _requests;

    /// <summary>Whether everything was decided ahead, and nothing anew in the transaction.</summary>
    public bool IsAsDecidedAhead => _isAhead;

    /// <summary>The same requests, decided ahead once more, since the group before went otherwise than was assumed.</summary>
    public ReleaseGroup Again()
    {
        var group = new ReleaseGroup(history, nowMs);
        _requests.ForEach(group.Add);
        return group;
    }

    /// <summary>Adds a request, and decides it ahead where its accounts are known.</summary>
    public void Add(WaitingRequest waiting)
    {
        _requests.Add(waiting);
        _isAhead = _isAhead && Knows(waiting.Request.Id.Account);
        if (_isAhead)
        {
            _isAhead = TryAnswer(waiting);
        }
    }

    /// <summary>Adds a request that is decided in the transaction.</summary>
    public void AddUndecided(WaitingRequest waiting)
    {
        _requests.Add(waiting);
        _isAhead = false;
    }

    /// <summary>Writes what was decided ahead, or decides and writes; the answers stand in the requests and count once the
    /// transaction is committed.</summary>
    public async ValueTask<int> RunAsync(IStoreTransaction transaction)
    {
        if (!_isAhead || !await HoldsAsync(transaction).ConfigureAwait(false))
        {
            _isAhead = false;
            Forget();
            await ReadAsync(transaction).ConfigureAwait(false);
            foreach (var waiting in _requests)
            {
                Answer(waiting);
            }
        }

        if (_releases.Count > 0)
        {
            await WriteAsync(transaction).ConfigureAwait(false);
        }

        return _releases.Count;
    }

    /// <summary>Keeps the accounts as this group leaves them: before its transaction, so that the next group can be decided
    /// meanwhile, and after it. What is kept is checked before it counts.</summary>
    public void Keep()
    {
        foreach (var (account, state) in _accounts)
        {
            if (state.Fault is null)
            {
                history.KeepAhead(account, state.Snapshot);
            }
        }
    }

    private bool TryAnswer(WaitingRequest waiting)
    {
        try
        {
            Answer(waiting);
            return true;
        }
        catch (ReducedStateException)
        {
            return false;
        }
    }

    private void Answer(WaitingRequest waiting)
    {
        (waiting.Outcome, waiting.Fault) = (null, null);
        try
        {
            waiting.Outcome = Decide(waiting);
        }
        catch (LedgerCorruptException corrupt)
        {
            waiting.Outcome = new ReleaseOutcome(null, false, BudgetLedger.CorruptRefusal(corrupt));
        }
        catch (Exception failure) when (failure is not ReducedStateException)
        {
            // The draw's exception, or a release that cannot be stored, is its caller's alone: nothing of it was noted.
            waiting.Fault = failure;
        }
    }

    private ReleaseOutcome Decide(WaitingRequest waiting)
    {
        var request = waiting.Request;
        if (_damaged.TryGetValue(waiting.Id, out var damaged))
        {
            throw damaged;
        }

        if (Superseded(request.Fence) is { } superseded)
        {
            return new ReleaseOutcome(null, false, superseded);
        }

        if (_known.TryGetValue(waiting.Id, out var known))
        {
            return new ReleaseOutcome(known, true, null);
        }

        if (_elsewhere.TryGetValue(request.Id.Account, out var elsewhere))
        {
            return new ReleaseOutcome(null, false, elsewhere);
        }

        var charges = Charges(request);
        return charges.Select(charge => charge.Decision.Refusal).OfType<Refusal>().MinBy(refusal => refusal.Code) is { } refusal
            ? new ReleaseOutcome(null, false, refusal)
            : new ReleaseOutcome(Release(waiting, charges), false, null);
    }

    private List<(GroupAccount Account, Decision Decision)> Charges(ReleaseRequest request)
    {
        var charges = new List<(GroupAccount, Decision)>();
        foreach (var name in RequestRules.Ancestors(request.Id.Account).Prepend(request.Id.Account))
        {
            var account = _accounts[name];
            if (account.Fault is { } fault)
            {
                throw fault;
            }

            if (!account.Snapshot.State.CanCharge(request.Id.Window.StartMs))
            {
                throw new ReducedStateException();
            }

            if (account.Snapshot.State.Policy is not null || name == request.Id.Account)
            {
                charges.Add((account, AccountDecider.Charge(account.Snapshot.State, name, request, nowMs)));
            }
        }

        return charges;
    }

    private Release Release(WaitingRequest waiting, List<(GroupAccount Account, Decision Decision)> charges)
    {
        var paid = PaidRelease.Of(waiting.Request, waiting.Draw(), [.. charges.Select(charge => (charge.Account.Name, charge.Account.Snapshot, charge.Decision))]);
        var release = paid.Release;
        ReadOnlyMemory<byte> stored = ReleaseJson.ToUtf8(release);
        StoreNames.CheckValue(stored);
        for (var i = 0; i < charges.Count; i++)
        {
            charges[i].Account.Add(paid.Charged[i].Stored, paid.Charged[i].After);
        }

        _releases.Add(new NewRow(waiting.Id, stored));
        _known[waiting.Id] = release;
        return release;
    }

    private Refusal? Superseded(Fence? fence)
    {
        // Ahead of the transaction every epoch is taken for the newest.
        if (fence is null || _epochs is null || _epochs[fence.Resource] == fence.Epoch)
        {
            return null;
        }

        return new Refusal(
            RefusalCode.SupersededOwner,
            $"Epoch {fence.Epoch} of '{fence.Resource}' was superseded by epoch {_epochs[fence.Resource]}: another process owns it now. Nothing was charged; stop this process.");
    }
}
