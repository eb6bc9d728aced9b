using AkkaPrivacy.Engine.SideOutputs;
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
    public void Positions_are_wanted_until_the_samples_are_full_or_always_by_an_output()
    {
        foreach (var reason in Enum.GetValues<DeadLetterReason>())
        {
            var letters = new DeadLetters(null, [new SideOutput(new DelegateSideOutput(_ => { }), new HashSet<DeadLetterReason> { DeadLetterReason.Late })]);
            for (var line = 1; line <= DeadLetters.SamplesPerReason; line++)
            {
                Assert.True(letters.Wants(reason) && letters.ForQuery("a").Wants(reason));
                letters.Report(reason, 0, line);
            }

            Assert.Equal(reason == DeadLetterReason.Late, letters.Wants(reason));
            Assert.Equal(reason == DeadLetterReason.Late, letters.ForQuery("a").Wants(reason));
        }
    }

    [Fact]
    public void Queries_tell_what_they_leave_out_under_their_names()
    {
        var told = new List<DeadLetter>();
        var letters = new DeadLetters(told.Add);
        foreach (var query in new[] { "window:a", "window:b+1" })
        {
            letters.ForQuery(query).Report(DeadLetterReason.StageError, 0, 3);
        }

        Assert.Equal(["a", "b+1"], told.Select(letter => letter.Query));
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
