using System.Diagnostics;
using System.Text;
using AkkaPrivacy.Hosting.Hocon;
using Xunit;
using static AkkaPrivacy.Tests.Hosting.Hocon.HoconTesting;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class RobustnessTests
{
    private const string Seed = """"
        # comment
        a { b = 1, c = [1, 2.5e3, true, null, "x\u0041"], d = ${a.b} foo }
        a.c += ${?a.e} // more
        "quoted key".x = ${a} { b = [${a.d}] [2] }
        t = """text ""o """
        p = ${?PATH}":/bin", p = ${p}":/usr"
        o = ${a}, o { b = ${o.d} }, l = [{a += 1}, ${o.b}]
        """";

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Deep_nesting_is_an_error(char open)
    {
        var text = open == '[' ? "a=" + new string('[', 100_000) : string.Concat(Enumerable.Repeat("{a=", 100_000));
        Assert.Contains("nested more than 256 levels", Fails(text).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_paths_are_an_error()
    {
        Assert.Contains("more than 256 elements", Fails(string.Concat(Enumerable.Repeat("a.", 100_000)) + "a=1").Message, StringComparison.Ordinal);
        Assert.Contains("more than 256 elements", Fails("x=${" + string.Concat(Enumerable.Repeat("a.", 100_000)) + "a}").Message, StringComparison.Ordinal);
        Assert.Equal("1", Json(Resolve(string.Concat(Enumerable.Repeat("a={", 255)) + "b=1" + new string('}', 255)).Find([.. Enumerable.Repeat("a", 255), "b"])!));
    }

    [Theory]
    [InlineData("a0=[x,x],", "a{0}=${{a{1}}}${{a{1}}},")]
    [InlineData("a0=xx,", "a{0}=${{a{1}}}${{a{1}}},")]
    [InlineData("a0={{x=1}},", "a{0}={{x=${{a{1}}},y=${{a{1}}}}},")]
    [InlineData("a0={{x=1}},", "a{0}={{x=${{a{1}}}}},")]
    [InlineData("", "a{1}=${{a{0}}},")]
    public void Expansion_is_bounded(string first, string each)
    {
        var text = new StringBuilder().AppendFormat(null, first);
        for (var i = 1; i <= 3000; i++)
        {
            text.AppendFormat(null, each, i, i - 1);
        }

        text.Append("a3000=1");
        Assert.Contains("that many are allowed", Fails(text.ToString()).Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_stacks_of_values_are_read()
    {
        var appended = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a+={i}\n"));
        Assert.Equal(20_000, ((HoconArray)Resolve(appended)["a"]).Count);
        var objects = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"o.k{i}={i}\n"));
        Assert.Equal(20_000, ((HoconObject)Resolve(objects)["o"]).Count);
        var inherited = "o{k=1}\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"o=${{o}}{{k{i}={i}}}\n"));
        Assert.Equal(301, ((HoconObject)Resolve(inherited)["o"]).Count);
    }

    [Theory]
    [InlineData("o{{k{{x=1}}}}\n", "o=${{o}}${{o}}\n", 1)]
    [InlineData("o{{k{{x=1}}}}\n", "o=${{o}}{{y=0}}${{o}}\n", 2)]
    [InlineData("a0{{k{{x=1}}}}\n", "a{0}=${{a{1}}}${{a{1}}}\no=${{a{0}}}\n", 1)]
    [InlineData("a0{{k{{x=1}}}}\n", "a{0}=${{a{1}}}{{y=0}}${{a{1}}}\no=${{a{0}}}\n", 2)]
    public void Repeated_inheritance_does_not_double(string first, string each, int keys)
    {
        var text = new StringBuilder().AppendFormat(null, first);
        for (var i = 1; i <= 60; i++)
        {
            text.AppendFormat(null, each, i, i - 1);
        }

        Assert.Equal(keys, ((HoconObject)Resolve(text.ToString())["o"]).Count);
    }

    [Fact]
    public void The_deepest_documents_fit_a_small_stack()
    {
        var nested = "a=" + new string('[', 255) + "${c0}" + new string(']', 255) + "\n"
            + string.Concat(Enumerable.Range(0, 900).Select(i => $"c{i}=${{c{i + 1}}}x\n")) + "c900=1";
        var outcome = "";
        var thread = new Thread(() => outcome = Outcome(nested), 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains(outcome, new[] { "read", "that many are allowed" });
        Assert.Equal("read", Outcome(nested));
    }

    private static string Outcome(string text)
    {
        try
        {
            Resolve(text);
            return "read";
        }
        catch (HoconException e)
        {
            return e.Message[^"that many are allowed".Length..];
        }
    }

    [Fact]
    public void Text_of_any_size_is_bounded()
    {
        Assert.Contains("16 MiB", Fails(new string(' ', (16 * 1024 * 1024) + 1)).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1000000 values", Fails("a=[" + string.Concat(Enumerable.Repeat("1,", 1_000_001)) + "]").Message, StringComparison.Ordinal);
        FailsAt("a=\0", 1, 3, "NUL");
        FailsAt("a=1\nb=\ud800", 2, 3, "no UTF-8");
    }

    [Fact]
    public void Errors_do_not_repeat_configured_text()
    {
        foreach (var text in new[] { "p=hunter2@x", "p=\"hunter2", "p=hunter2 [1]", "{p=1} hunter2", "p=hunter2=x", "p=\"hunter2\\q\"" })
        {
            Assert.DoesNotContain("hunter2", Fails(text).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mutated_documents_give_a_tree_or_a_HoconException()
    {
        var random = new Random(20240607);
        var clock = Stopwatch.StartNew();
        var read = 0;
        for (var i = 0; i < 5_000; i++)
        {
            read += Try(Mutate(random)) ? 1 : 0;
        }

        Assert.InRange(read, 100, 4_900);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The documents are small: reading them must not take long.");
    }

    private static bool Try(string text)
    {
        try
        {
            Json(HoconDocument.Parse(text, "fuzz").Resolve(_ => null));
            return true;
        }
        catch (HoconException e)
        {
            Assert.NotEmpty(e.Errors);
            Assert.All(e.Errors, error => Assert.Equal("fuzz", error.Origin.Source));
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Reading failed for: {text}", e);
        }
    }

    private static string Mutate(Random random)
    {
        const string Alphabet = "{}[]:=,+#\"\\$?./ \n\tabopl1-e0nulltrue";
        var text = new StringBuilder(Seed);
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                case 2:
                    text.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
                default:
                    text[at] = Alphabet[random.Next(Alphabet.Length)];
                    break;
            }
        }

        return text.ToString();
    }
}
