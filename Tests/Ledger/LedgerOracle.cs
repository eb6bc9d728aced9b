using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

/// <summary>Accounts as slow and obvious as can be: lists of what was accepted, summed anew for each question. Amounts are
/// whole numbers of one measure, periods are days.</summary>
internal sealed class LedgerOracle
{
    private readonly Dictionary<string, Book> _books = [];

    public void Open(string account, long budget) => _books[account] = new Book { Policies = [(int.MinValue, budget)] };

    public bool Release(ReleaseRequest request)
    {
        var day = DayOf(request.Id.Window.StartMs);
        var charge = (Day: day, request.Id.Window, Group: $"{request.Id.Account}|{request.CompositionGroup}", request.MaxWindows, Cost: request.Cost.Loss);
        var tree = Tree(request.Id.Account).ToList();
        if (tree.Any(book => book.Closed || book.Charges.Any(old => old.Day == day && old.Group == charge.Group && old.MaxWindows != charge.MaxWindows)
            || Spent([.. book.Charges, charge], day) > book.Budget(day)))
        {
            return false;
        }

        tree.ForEach(book => book.Charges.Add(charge));
        return true;
    }

    public bool Grant(string account, int day, long amount)
    {
        if (_books[account].Closed)
        {
            return false;
        }

        _books[account].Extra.Add((day, amount));
        return true;
    }

    public bool Move(string from, string to, int day, long amount)
    {
        if (from == to || _books[from].Closed || _books[to].Closed || amount > _books[from].Budget(day) - Spent(from, day))
        {
            return false;
        }

        _books[from].Extra.Add((day, -amount));
        _books[to].Extra.Add((day, amount));
        return true;
    }

    public bool Set(string account, int day, long budget)
    {
        var book = _books[account];
        var after = book with { Policies = [.. book.Policies.Where(old => old.Day < day), (day, budget)] };
        if (book.Closed || Enumerable.Range(day, 100).Any(later => Spent(account, later) > after.Budget(later)))
        {
            return false;
        }

        _books[account] = after;
        return true;
    }

    public bool Close(string account)
    {
        if (_books.Any(book => book.Key.StartsWith(account + "/", StringComparison.Ordinal) && !book.Value.Closed))
        {
            return false;
        }

        _books[account] = _books[account] with { Closed = true };
        return true;
    }

    public long Spent(string account, int day) => Spent(_books[account].Charges, day);

    public long Budget(string account, int day) => _books[account].Budget(day);

    /// <summary>A group costs the sum of its W dearest windows, a window the sum of its queries.</summary>
    private static long Spent(IEnumerable<(int Day, TimeWindow Window, string Group, int MaxWindows, long Cost)> charges, int day) => charges
        .Where(charge => charge.Day == day)
        .GroupBy(charge => charge.Group)
        .Sum(group => group.GroupBy(charge => charge.Window).Select(window => window.Sum(charge => charge.Cost)).OrderDescending().Take(group.First().MaxWindows).Sum());

    private static int DayOf(long timeMs) => (int)((timeMs - Day) / (24 * Hour));

    private IEnumerable<Book> Tree(string account) => _books.Where(book => account == book.Key || account.StartsWith(book.Key + "/", StringComparison.Ordinal)).Select(book => book.Value);

    private sealed record Book
    {
        public List<(int Day, TimeWindow Window, string Group, int MaxWindows, long Cost)> Charges { get; } = [];

        public List<(int Day, long Amount)> Extra { get; } = [];

        public required List<(int Day, long Budget)> Policies { get; init; }

        public bool Closed { get; init; }

        public long Budget(int day) => Policies.Last(policy => policy.Day <= day).Budget + Extra.Where(extra => extra.Day == day).Sum(extra => extra.Amount);
    }
}
