namespace AkkaPrivacy.Ledger.Verification;

/// <summary>Both sides of every transfer.</summary>
internal sealed class TransferCheck
{
    private readonly Dictionary<(string From, long FromVersion, string To, long ToVersion, long Period, Units Amount), int> _sides = [];

    /// <summary>Takes an event that is one side.</summary>
    public void Add(string account, long version, LedgerEvent happened)
    {
        if (happened is BudgetTransferredOut sent)
        {
            Add((account, version, sent.To, sent.ToVersion, sent.PeriodStartMs, sent.Amount), 1);
        }
        else if (happened is BudgetTransferredIn got)
        {
            Add((got.From, got.FromVersion, account, version, got.PeriodStartMs, got.Amount), 2);
        }
    }

    /// <summary>Names sides without another.</summary>
    public void Report(Action<string, string> fault, IReadOnlySet<string> broken)
    {
        foreach (var (move, sides) in _sides.Where(side => side.Value != 3 && !broken.Contains(side.Key.From) && !broken.Contains(side.Key.To)))
        {
            var (account, version, other, there) = sides == 1 ? (move.From, move.FromVersion, move.To, move.ToVersion) : (move.To, move.ToVersion, move.From, move.FromVersion);
            fault($"{AccountHistory.Stream(account)} event {version}", $"event {there} of stream '{AccountHistory.Stream(other)}' is not the other side of this transfer");
        }
    }

    private void Add((string, long, string, long, long, Units) move, int side) => _sides[move] = _sides.GetValueOrDefault(move) | side;
}
