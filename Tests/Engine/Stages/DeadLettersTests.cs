using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Stages;

public class DeadLettersTests
{
    [Fact]
    public void A_row_that_several_queries_leave_out_counts_once()
    {
        var told = new List<DeadLetter>();
        var letters = new DeadLetters(told.Add);
        letters.Report(DeadLetterReason.MissingField, 0, 7, "time");
        foreach (var query in new[] { "a", "b", "c" })
        {
            letters.ForQuery(query).Count(DeadLetterReason.AfterFiring, query == "b" ? 5 : 3);
            letters.ForQuery(query).Report(DeadLetterReason.MissingField, 0, 9, "subject");
        }

        Assert.Equal(5, letters.Counts[DeadLetterReason.AfterFiring]);
        Assert.Equal(2, letters.Counts[DeadLetterReason.MissingField]);
        Assert.Equal([7, 9], told.Select(letter => letter.Position));
        Assert.Equal(told, letters.Samples);
    }

    [Fact]
    public void Lanes_of_one_query_add_up()
    {
        var letters = new DeadLetters();
        Parallel.For(0, 8, _ => letters.ForQuery("a").Count(DeadLetterReason.UnknownKey, 10));
        Assert.Equal(80, letters.Counts[DeadLetterReason.UnknownKey]);
        Assert.Same(letters.ForQuery("a"), letters.ForQuery("a"));
    }

    [Fact]
    public void Only_the_first_positions_of_a_reason_are_kept_and_all_are_told()
    {
        var told = 0;
        var letters = new DeadLetters(_ => told++);
        for (var line = 1; line <= 100; line++)
        {
            letters.Report(DeadLetterReason.Malformed, 0, line);
        }

        Assert.Equal(100, letters.Counts[DeadLetterReason.Malformed]);
        Assert.Equal(100, told);
        Assert.Equal(Enumerable.Range(1, DeadLetters.SamplesPerReason), letters.Samples.Select(letter => (int)letter.Position));
    }
}
