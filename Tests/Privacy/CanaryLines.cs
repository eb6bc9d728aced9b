using System.Text;

namespace AkkaPrivacy.Tests.Privacy;

/// <summary>Events of canaries: sound ones, and every kind of line that becomes none.</summary>
public static class CanaryLines
{
    public static string Text()
    {
        var lines = new StringBuilder();
        for (var i = 0; i < 400; i++)
        {
            var time = 1_772_366_400_000 + (i * 60_000);
            var person = $"\"email\":\"{(i % 3 == 0 ? Canary.Email : $"{i}{Canary.Email}")}\",\"cookie\":\"{Canary.Cookie}\",\"ip\":\"{Canary.Ip}\"";
            lines.Append((i % 20) switch
            {
                1 => $"{Canary.Email} {Canary.Ip} {Canary.Cookie}",
                2 => $"{{\"time\":{time},\"arrival\":{time + 3_600_000},{person},\"ms\":1}}",
                3 => $"{{\"time\":{time + 3_600_000},\"arrival\":{time},{person},\"ms\":1}}",
                4 => $"{{\"time\":{time},\"arrival\":{time},{person},\"ms\":\"{Canary.Email}\"}}",
                5 => $"{{\"time\":\"{Canary.Cookie}\",\"arrival\":{time},{person},\"ms\":1}}",
                6 => $"{{\"time\":{time},\"arrival\":{time},\"cookie\":\"{Canary.Cookie}\",\"ip\":\"{Canary.Ip}\"}}",
                7 => $"{{\"time\":{time},\"arrival\":{time},{person},\"ms\":1,\"{Canary.Email}\":\"{Canary.Ip}\"}}",
                8 => string.Concat(Enumerable.Repeat(Canary.Email, 60)),
                9 => $"{{\"time\":{time},\"arrival\":{time},\"email\":\"{Canary.Email}\",\"ip\":\"{Canary.Cookie}\"}}",
                10 => $"{{\"time\":{time},\"arrival\":{time},{person}",
                _ => $"{{\"time\":{time},\"arrival\":{time},{person},\"ms\":{i}}}",
            }).Append('\n');
        }

        return lines.ToString();
    }
}
