using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaPrivacy.Hosting.Akka.Health;

/// <summary>Asks the checks of a tag, and gives one answer to all who ask within a second: whoever can reach the port must
/// not be able to keep journal and singleton busy.</summary>
/// <param name="checks">The checks.</param>
/// <param name="time">The clock.</param>
internal sealed class HealthAnswers(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Task<HealthReport> Answer, long At)> _last = [];

    public Task<HealthReport> AskAsync(string tag)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(tag, out var last) && (!last.Answer.IsCompleted || time.GetElapsedTime(last.At) < Fresh))
            {
                return last.Answer;
            }

            var answer = checks.CheckHealthAsync(registration => registration.Tags.Contains(tag));
            _last[tag] = (answer, time.GetTimestamp());
            return answer;
        }
    }
}
