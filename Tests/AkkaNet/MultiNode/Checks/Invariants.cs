using System.Text.Json;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;

/// <summary>What has to hold whatever happened to the nodes; worked out from the rows of journal and store alone.</summary>
internal static class Invariants
{
    /// <summary>What holds at every moment.</summary>
    public static Books Always(string journal, string? store)
    {
        var books = Books.Read(journal, store);
        NothingTwice(books);
        WithinBudget(books);
        ValuesAgree(books);
        SequencesWithoutGap(books);
        return books;
    }

    /// <summary>What holds of a pipeline after its last run, beside: nothing is missing, and it is what one undisturbed run
    /// releases.</summary>
    public static Books AfterTheLastRun(string journal, string store, Books calm)
    {
        var books = Always(journal, store);
        Assert.Equal(Ids(calm.Stored.Keys), Ids(books.Stored.Keys.Concat(books.Withheld)));
        Assert.Empty(books.Withheld);
        Assert.Equal(Ids(books.Stored.Keys), Ids(books.Charges.Select(charge => charge.Release)));
        Assert.Equal(Ids(books.Stored.Keys), Ids(books.Published.Select(Id)));
        Assert.All(calm.Stored, pair => Assert.Equal(Groups(pair.Value), Groups(books.Stored[pair.Key])));
        return books;
    }

    private static void NothingTwice(Books books)
    {
        Unique(books.Charges.Select(charge => charge.Release), "charged twice");
        Unique(books.Outbox.Select(entry => entry.Id), "in the outbox twice");
        Unique(books.Published.Select(Id), "published twice");
        Unique(books.Openings.Select(opening => opening.Account), "opened twice");

        // A window of a query has one release whatever its plan was.
        Unique(books.Charges.Select(charge => string.Join('|', Parts(charge.Release))), "a window released twice");
        Assert.Equal(Enumerable.Range(1, books.Outbox.Count).Select(i => (long)i), books.Outbox.Select(entry => entry.Sequence));
    }

    // The W dearest windows of each composition group add up; a window costs what its releases cost together.
    private static void WithinBudget(Books books)
    {
        var budgets = books.Openings.ToDictionary(opening => opening.Account, opening => opening.Budget);
        foreach (var period in books.Charges.GroupBy(charge => (charge.Account, charge.Period)))
        {
            var spent = period.GroupBy(charge => charge.Group).Sum(group => group
                .GroupBy(charge => (charge.Window, charge.End))
                .Select(window => window.Sum(charge => charge.Loss))
                .OrderDescending()
                .Take(group.Select(charge => charge.MaxWindows).Distinct().Single())
                .Sum());
            Assert.True(spent <= budgets[period.Key.Account], $"Account {period.Key} spent {spent} of {budgets[period.Key.Account]}.");
        }
    }

    private static void ValuesAgree(Books books)
    {
        var charges = books.Charges.ToDictionary(charge => charge.Release);
        Assert.All(books.Charges, charge => Assert.True(charge.Values is { } values ? Id(values) == charge.Release : books.Stored.ContainsKey(charge.Release), $"{charge.Release} was charged without values."));
        foreach (var (id, release) in books.Stored)
        {
            Assert.True(charges.TryGetValue(id, out var charge), $"{id} was released without a charge.");
            Assert.True(charge!.Values is not { } values || Text(values) == Text(release), $"{id} has other values in the journal than in the store.");
        }

        Assert.All(books.Published, line => Assert.Equal(Text(books.Stored[Id(line)]), Text(line)));
        Assert.Equal(Ids(books.Stored.Keys), Ids(books.Outbox.Select(entry => entry.Id)));
        Assert.Empty(books.Withheld.Intersect(books.Stored.Keys));
    }

    private static void SequencesWithoutGap(Books books)
    {
        foreach (var stream in books.Sequences.Where(row => row.Stream.StartsWith("ledger/", StringComparison.Ordinal)).GroupBy(row => row.Stream))
        {
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(i => (long)i), stream.Select(row => row.Sequence));
        }
    }

    // account|pipeline|plan|query|start|length
    private static IEnumerable<string> Parts(string id) => id.Split('|').Where((_, i) => i != 2);

    private static void Unique(IEnumerable<string> keys, string what)
    {
        var twice = keys.GroupBy(key => key).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        Assert.True(twice.Count == 0, $"{what}: {string.Join(", ", twice.Take(5))}");
    }

    private static List<string> Ids(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];

    private static string Id(JsonElement release) => release.GetProperty("id").GetString()!;

    private static string Text(JsonElement json) => JsonSerializer.Serialize(json);

    private static string Groups(JsonElement release) => Text(release.GetProperty("groups"));
}
